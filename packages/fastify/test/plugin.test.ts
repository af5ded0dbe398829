import { injectableTargets, isProbeAnswer } from '@lameduck/conformance'
import graceful, { graceful as named } from '@lameduck/fastify'
import Fastify, { type FastifyInstance, type RouteOptions } from 'fastify'
import { afterEach, describe, expect, test } from 'vitest'

const options = { signals: false, crash: false, logger: false } as const
const opened: FastifyInstance[] = []

function application(): FastifyInstance {
  const app = Fastify()
  opened.push(app)
  return app
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((app) => app.close()))
})

describe('the plugin', () => {
  test('is exported as default and by name, and decorates the application with its lifecycle', async () => {
    expect(named).toBe(graceful)
    const app = application()
    await app.register(graceful, options)
    expect(app.lifecycle.state).toBe('starting')
    await app.listen({ port: 0, host: '127.0.0.1' })
    expect(app.lifecycle.state).toBe('ready')
    await app.close()
    expect(app.lifecycle.state).toBe('stopped')
  })

  test("takes the options of Fastify's own register, as @fastify/autoload gives them", async () => {
    const app = application()
    await app.register(graceful, { ...options, prefix: '/jobs', logLevel: 'warn', logSerializers: {} })
    await app.ready()
    expect((await app.inject('/livez')).statusCode).toBe(200)
  })

  test('registered twice is a coded error', async () => {
    const app = application()
    await app.register(graceful, options)
    await expect(app.register(graceful, options)).rejects.toMatchObject({ code: 'ALREADY_REGISTERED' })
  })

  test('registered twice through a child context is a coded error', async () => {
    const app = application()
    await app.register(graceful, options)
    app.register(async (child) => {
      await child.register(graceful, options)
    })
    await expect(app.ready()).rejects.toMatchObject({ code: 'ALREADY_REGISTERED' })
  })

  test("an application's route on a probe path, after the plugin, is a coded error", async () => {
    const app = application()
    await app.register(graceful, options)
    expect(() => app.get('/readyz', async () => 'mine')).toThrow(
      expect.objectContaining({ code: 'PROBE_ROUTE_TAKEN' }),
    )
  })

  test("an application's route on a probe path, before the plugin, is a coded error", async () => {
    const app = application()
    app.get('/livez', async () => 'mine')
    await expect(app.register(graceful, options)).rejects.toMatchObject({ code: 'PROBE_ROUTE_TAKEN' })
  })

  test('a route with another method on a probe path, or on the path of a probe that was moved, is fine', async () => {
    const app = application()
    await app.register(graceful, { ...options, probes: { readyz: '/health' } })
    app.post('/livez', async () => 'posted')
    app.get('/readyz', async () => 'mine')
    expect((await app.inject({ method: 'POST', url: '/livez' })).body).toBe('posted')
    expect((await app.inject('/readyz')).body).toBe('mine')
  })

  test('wrong options are coded errors', async () => {
    const app = application()
    await expect(app.register(graceful, { ...options, gracePeriod: -1 })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    })
  })

  test('probes exist for inject(), hidden and silent', async () => {
    const app = application()
    const routes: RouteOptions[] = []
    app.addHook('onRoute', (route) => {
      routes.push(route)
    })
    await app.register(graceful, options)
    await app.ready()
    expect(app.lifecycle.state).toBe('ready')
    expect((await app.inject('/readyz?a')).json()).toEqual({ status: 'ok', state: 'ready' })
    expect((await app.inject({ method: 'HEAD', url: '/livez' })).statusCode).toBe(200)
    const probes = routes.filter(({ url }) => ['/livez', '/readyz', '/startupz'].includes(url))
    expect(new Set(probes.map(({ url }) => url)).size).toBe(3)
    for (const probe of probes) expect(probe).toMatchObject({ logLevel: 'silent', schema: { hide: true } })
  })

  test.each([
    ['by default', {}],
    [
      'as leniently as it can',
      {
        caseSensitive: false,
        ignoreTrailingSlash: true,
        ignoreDuplicateSlashes: true,
        useSemicolonDelimiter: true,
      },
    ],
  ])(
    'inject() takes the same targets for probes as the servers do, where Fastify reads them %s',
    async (_, routerOptions) => {
      const app = Fastify({ routerOptions })
      opened.push(app)
      await app.register(graceful, options)
      await app.ready()
      const answered: Record<string, boolean> = {}
      for (const url of Object.keys(injectableTargets)) {
        const { statusCode: status, headers } = await app.inject(url)
        answered[url] = isProbeAnswer({ status, headers })
      }
      expect(answered).toEqual(injectableTargets)
    },
  )

  test('probes stay where they are under a prefix', async () => {
    const app = application()
    await app.register(graceful, options)
    app.register(async (child) => child.get('/fast', async () => 'fast'), { prefix: '/api' })
    expect((await app.inject('/livez')).statusCode).toBe(200)
    expect((await app.inject('/api/livez')).statusCode).toBe(404)
    expect((await app.inject('/api/fast')).body).toBe('fast')
  })

  test('an application that never listened closes', async () => {
    const app = application()
    await app.register(graceful, options)
    await app.ready()
    await app.close()
    expect(app.lifecycle.state).toBe('stopped')
  })

  test('close() is the same however often it is called', async () => {
    const app = application()
    let closed = 0
    await app.register(graceful, options)
    app.addHook('onClose', async () => {
      closed++
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
    await Promise.all([app.close(), app.close()])
    await app.close()
    expect(closed).toBe(1)
  })
})
