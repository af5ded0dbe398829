import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import byDefault, { type Graceful, type GracefulOptions, graceful } from '@lameduck/express'
import express, { type ErrorRequestHandler } from 'express'
import supertest from 'supertest'
import { afterEach, describe, expect, test } from 'vitest'

const express4 = createRequire(import.meta.url)('express4') as typeof express
const quiet = { signals: false, crash: false, logger: false, shutdownDelay: 0, linger: 0 } as const
const cleanUps: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

function lame(options: GracefulOptions = quiet): Graceful {
  const middleware = graceful(options)
  cleanUps.push(() => middleware.lifecycle.stop())
  return middleware
}

async function listen(handler: RequestListener): Promise<{ server: Server; url: string }> {
  const server = createServer(handler).listen(0, '127.0.0.1')
  cleanUps.push(() => server.close())
  await once(server, 'listening')
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

async function textOf(url: string): Promise<string> {
  return (await fetch(url)).text()
}

describe('the middleware', () => {
  test.each([
    ['Express 5', express],
    ['Express 4', express4],
  ])('says that it has to be made first (%s)', async (_, make) => {
    const app = make().use(graceful as never)
    const say: ErrorRequestHandler = ({ code, message }, _req, res, _next) =>
      void res.send(`${code} ${message}`)
    app.use(say)
    const { text } = await supertest(app).get('/')
    expect(text).toMatch(/^ARGUMENT_INVALID graceful: expected app\.use\(graceful\(\)\)/)
  })

  test('takes the server of another one whose lifecycle has stopped, where it listens again', async () => {
    let app = express()
    const server = createServer((req, res) => app(req, res))
    cleanUps.push(() => server.close())
    for (const answer of ['first', 'second', 'third']) {
      const middleware = lame()
      app = express()
      app.use(middleware)
      app.get('/', (_, res) => void res.send(answer))
      await once(server.listen(0, '127.0.0.1'), 'listening')
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      expect(await textOf(url)).toBe(answer)
      expect((await fetch(`${url}/readyz`)).status).toBe(200)
      expect(await middleware.lifecycle.stop()).toMatchObject({ clean: true })
      expect(server.listening).toBe(false)
    }
  })

  test('is exported as default and by name, and carries its lifecycle', () => {
    expect(byDefault).toBe(graceful)
    const middleware = lame()
    expect(middleware.lifecycle.state).toBe('starting')
    expect(Object.keys(middleware)).toEqual(['lifecycle'])
  })

  test('refuses wrong options with a code', () => {
    expect(() => graceful({ ...quiet, gracePeriod: -1 })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    )
    const { lifecycle } = lame()
    expect(() => graceful({ lifecycle, gracePeriod: 1000 })).toThrow(
      expect.objectContaining({ code: 'LIFECYCLE_SHARED' }),
    )
  })

  test('passes a request without a server on, and answers its probes', () => {
    const middleware = lame()
    const passed: unknown[] = []
    const request = (url: string) => ({ method: 'POST', url, headers: {} }) as IncomingMessage
    middleware(request('/'), {} as never, (...args) => passed.push(args))
    middleware(request('/readyz'), {} as never, (...args) => passed.push(args))
    expect(passed).toEqual([[], []])
    expect(middleware.lifecycle.state).toBe('starting')
  })

  test('passes on that a server cannot be attached', () => {
    const middleware = lame()
    const passed: unknown[] = []
    const request = { method: 'GET', url: '/', socket: { server: {} } } as unknown as IncomingMessage
    middleware(request, {} as never, (error) => passed.push(error))
    expect(passed).toMatchObject([{ code: 'NOT_A_SERVER' }])
  })

  test('answers a probe that comes by only with its own path, whatever it is mounted under', async () => {
    const middleware = lame({ ...quiet, probes: { readyz: '/api/ready' } })
    const app = express()
    app.use('/api', middleware)
    app.use((req, res) => void res.send(`application ${req.url}`))
    const { url } = await listen((req, res) => app(req, res))
    expect(await textOf(`${url}/api/livez`)).toBe('application /api/livez')
    expect(await textOf(`${url}/api/ready`)).toContain('"state":"ready"')
  })

  test('answers its own probes on a server that another lifecycle has', async () => {
    const [first, second] = [lame(), lame({ ...quiet, probes: { readyz: '/second' } })]
    const app = express()
    app.use(first, second)
    app.use((_, res) => void res.send('application'))
    const { url } = await listen(app)
    for (let i = 0; i < 2; i++) {
      expect(await textOf(`${url}/second`)).toContain('"state":"ready"')
      expect(await textOf(`${url}/`)).toBe('application')
    }
    await second.lifecycle.stop()
    expect(await textOf(`${url}/second`)).toContain('"state":"stopped"')
    expect(await textOf(`${url}/readyz`)).toContain('"state":"ready"')
  })

  test('without probes leaves their paths to the application', async () => {
    const app = express()
    app.use(lame({ ...quiet, probes: false }))
    app.use((req, res) => void res.send(`application ${req.url}`))
    const { url } = await listen((req, res) => app(req, res))
    for (let i = 0; i < 2; i++) expect(await textOf(`${url}/readyz`)).toBe('application /readyz')
  })
})

describe.each([
  ['4', express4],
  ['5', express],
])('in Express %s', (_version, create) => {
  test('calls next once for every request, and lets errors pass', async () => {
    const middleware = lame()
    const app = create()
    let passed = 0
    app.use(middleware, (_req, _res, next) => {
      passed++
      next()
    })
    app.get('/fine', (_, res) => void res.send('fine'))
    app.use(() => {
      throw new Error('on purpose')
    })
    const answer: ErrorRequestHandler = (error, _req, res, _next) => void res.status(500).send(error.message)
    app.use(answer)
    const { url } = await listen((req, res) => app(req, res))
    for (let i = 1; i <= 3; i++) {
      expect(await textOf(`${url}/fine`)).toBe('fine')
      expect(await textOf(`${url}/broken`)).toBe('on purpose')
      expect(passed).toBe(2 * i)
    }
  })

  test('keeps req and res those of the application', async () => {
    const app = create()
    app.set('trust proxy', true)
    app.use(lame())
    app.get('/', (req, res) => void res.json([req.app === app, res.app === app, req.ip]))
    const { url } = await listen(app)
    const answer = await fetch(url, { headers: { 'X-Forwarded-For': '192.0.2.1' } })
    expect(await answer.json()).toEqual([true, true, '192.0.2.1'])
  })

  test('answers ahead of what stands behind it', async () => {
    const app = create()
    const logged: string[] = []
    app.use(lame())
    app.use((req, _res, next) => {
      logged.push(req.url)
      next()
    }, create.json())
    app.use((_req, res) => void res.status(401).send('who are you?'))
    const { url } = await listen((req, res) => app(req, res))
    for (const path of ['/livez', '/readyz', '/startupz', '/livez']) {
      expect((await fetch(url + path)).status).toBe(200)
    }
    expect((await fetch(url)).status).toBe(401)
    expect(logged).toEqual(['/'])
  })

  test('does not take the server of another application', async () => {
    const middleware = lame()
    create().use(middleware)
    const { url } = await listen(create())
    expect((await fetch(`${url}/readyz`)).status).toBe(404)
    expect(middleware.lifecycle.state).toBe('starting')
  })

  test('does not make the router of an application by looking for itself in it', async () => {
    lame()
    const app = create()
    const { url } = await listen(app)
    app.enable('case sensitive routing')
    app.get('/Path', (_, res) => void res.send('here'))
    expect((await fetch(`${url}/path`)).status).toBe(404)
    expect((await fetch(`${url}/Path`)).status).toBe(200)
  })

  test('is found in routers that contain themselves, and not looked for without end', async () => {
    const app = create()
    const router = create.Router()
    router.use('/again', router)
    app.use(router)
    const outside = lame()
    const inside = lame()
    await listen(app)
    expect(outside.lifecycle.state).toBe('starting')
    router.use(inside)
    await listen(app)
    expect(inside.lifecycle.state).toBe('ready')
  })

  test('works with supertest: a server for each request, and each is let go', async () => {
    const warnings: Error[] = []
    const warned = (warning: Error) => warnings.push(warning)
    process.on('warning', warned)
    cleanUps.push(() => process.off('warning', warned))
    const middleware = lame()
    const app = create()
    app.use(middleware)
    app.get('/', (_, res) => void res.send('fine'))
    for (let i = 0; i < 50; i++) await supertest(app).get('/').expect(200, 'fine')
    await supertest(app).get('/readyz').expect(200)
    await middleware.lifecycle.stop()
    await supertest(app).get('/').expect(200, 'fine')
    expect(warnings).toEqual([])
  })
})
