import { once } from 'node:events'
import { createServer, type IncomingMessage, ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { RawClient, requestBytes } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { createRealTimeLifecycle, serve } from './in-process.js'

const brief = { gracePeriod: 1500, shutdownDelay: 0, linger: 0 }

describe.concurrent('what a drain finds when it begins', () => {
  test('is named as it was asked for, whatever an application has made of it', async () => {
    await using served = await serve(brief, (req) => {
      // As a router does that is mounted, and a middleware that overrides methods.
      Object.assign(req, { url: '/readyz', method: 'HEAD' })
      served.server.emit('served')
    })
    const client = await served.connect()
    await client.get('/now')
    void client.request('PUT', '/internal/readyz?deep')
    await once(served.server, 'served')
    served.signal()
    expect((await client.response()).status).toBe(503)
    expect((await served.report).cut).toMatchObject([{ method: 'PUT', path: '/internal/readyz' }])
  })

  test('is named by what Express keeps of it, if it is too long to be noted', async () => {
    const path = `/${'long/'.repeat(60)}`
    await using served = await serve(brief, (req) => {
      Object.assign(req, { originalUrl: req.url, url: '/' })
      served.server.emit('served')
    })
    const client = await served.connect()
    void client.request('GET', path)
    await once(served.server, 'served')
    served.signal()
    expect((await served.report).cut).toMatchObject([{ path: `${path.slice(0, 199)}…` }])
  })

  test('has its age from when it came', async () => {
    const asked: ServerResponse[] = []
    await using served = await serve(brief, (_, res) => void asked.push(res))
    const client = await served.connect()
    void client.request('GET', '/hangs')
    while (asked.length === 0) await new Promise(setImmediate)
    await new Promise<void>((resolve) => void served.clock.after(300, resolve))
    const before = served.clock.now()
    served.signal()
    const { cut } = await served.report
    // A reading of the clock may be a tenth of a second old, when the request comes and when it is cut.
    expect(cut[0]?.age).toBeGreaterThanOrEqual(200)
    expect(cut[0]?.age).toBeLessThanOrEqual(served.clock.now() - before + 600)
  })

  test('are all of the requests that are pipelined, each by its name', async () => {
    const asked: ServerResponse[] = []
    await using served = await serve(brief, (_, res) => void asked.push(res))
    const client = await served.connect()
    const paths = ['/1', '/2', '/3', '/4']
    await client.send(Buffer.concat(paths.map((path) => requestBytes('GET', path))))
    while (asked.length < paths.length) await new Promise(setImmediate)
    served.signal()
    const { cut, requests } = await served.report
    expect(cut.map(({ path }) => path)).toEqual(paths)
    expect(requests).toEqual({ finished: 0, cut: 4 })
  })

  test("is a probe that hangs in its check: it is nobody's work", async () => {
    await using served = await serve(brief)
    let isAsked = () => {}
    const asked = new Promise<void>((resolve) => {
      isAsked = resolve
    })
    served.lifecycle.check('hangs', () => {
      isAsked()
      return new Promise(() => {})
    })
    const client = await served.connect()
    void client.request('GET', '/readyz')
    await asked
    served.signal()
    expect(await served.report).toMatchObject({ clean: true, cut: [], requests: { finished: 0 } })
  })
})

describe.concurrent('an upgraded socket', () => {
  /** As plugins do that route upgrades to handlers of requests. */
  const withResponse = (req: IncomingMessage, socket: Socket) => {
    new ServerResponse(req).assignSocket(socket)
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
  }
  const upgrade = 'GET /up HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n'

  test('with a response of HTTP on it has no request', async () => {
    await using served = await serve(brief)
    served.server.on('upgrade', withResponse)
    const client = await served.connect()
    await client.send(upgrade)
    await client.receives('101')
    served.signal()
    expect(await served.report).toMatchObject({
      cut: [{ kind: 'upgraded', path: '/up' }],
      requests: { finished: 0, cut: 0 },
    })
  })

  test('has the request that it was still busy with when it was upgraded', async () => {
    await using served = await serve(brief)
    served.server.on('upgrade', (_, socket: Socket) => void served.server.emit('upgraded', socket))
    const client = await served.connect()
    const [asked, upgraded] = [served.asked(), once(served.server, 'upgraded')]
    await client.send(`GET /slow HTTP/1.1\r\nHost: a\r\n\r\n${upgrade}`)
    await Promise.all([asked, upgraded])
    served.signal()
    expect(await served.report).toMatchObject({
      cut: [
        { kind: 'request', path: '/slow' },
        { kind: 'upgraded', path: '/up' },
      ],
    })
  })
})

test('a request that is handed on to another server is waited for there, whoever has served its connection before', async () => {
  const [one, two] = [createRealTimeLifecycle(), createRealTimeLifecycle({ shutdownDelay: 0 })]
  const asked: ServerResponse[] = []
  const back = createServer((_, res) => void asked.push(res))
  const front = createServer((req, res) =>
    req.url === '/now' ? res.end('now') : back.emit('request', req, res),
  )
  one.lifecycle.attach(front)
  two.lifecycle.attach(back)
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  const client = await RawClient.connect({ port: (front.address() as AddressInfo).port })
  for (let i = 0; i < 2; i++) await client.get('/now')
  const answer = client.get('/slow')
  while (asked.length === 0) await new Promise(setImmediate)
  two.signal()
  asked[0]?.end('slow')
  expect((await answer).text).toBe('slow')
  expect(await two.report).toMatchObject({ clean: true, requests: { finished: 1 } })
  client.destroy()
  await one.lifecycle.stop()
})

test('a request that is no traffic makes one warn, too, of a server that nobody has made ready', async () => {
  const { lifecycle, signal, report } = createRealTimeLifecycle()
  const warned: string[] = []
  lifecycle.on('warning', ({ message }) => warned.push(message))
  const asked: ServerResponse[] = []
  const server = createServer((_, res) => void asked.push(res))
  lifecycle.attach(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = await RawClient.connect({ port: (server.address() as AddressInfo).port })
  const answer = client.ask('GET', '/', { headers: { 'User-Agent': 'kube-probe/1.33' } })
  while (asked.length === 0) await new Promise(setImmediate)
  signal()
  asked[0]?.end('fine')
  expect((await answer).text).toBe('fine')
  await report
  expect(warned).toEqual([expect.stringContaining('nobody has called lifecycle.ready()')])
})

describe.concurrent('connections that Node keeps no list of, because their server has never listened', () => {
  async function serveBehind() {
    const made = createRealTimeLifecycle({ shutdownDelay: 0, linger: 300 })
    const asked: ServerResponse[] = []
    const server = createServer((req, res) => {
      if (req.url === '/now') res.end('now')
      else asked.push(res)
    })
    made.lifecycle.attach(server)
    const front = createTcpServer((socket) => void server.emit('connection', socket)).listen(0, '127.0.0.1')
    await once(front, 'listening')
    await made.lifecycle.ready()
    const { port } = front.address() as AddressInfo
    return {
      ...made,
      connect: () => RawClient.connect({ port }),
      async asked() {
        while (asked.length === 0) await new Promise(setImmediate)
        return asked.shift() as ServerResponse
      },
      [Symbol.dispose]: () => void front.close(),
    }
  }

  test('are counted as their requests come', async () => {
    using behind = await serveBehind()
    const [busy, idle, half] = [await behind.connect(), await behind.connect(), await behind.connect()]
    for (const client of [busy, idle, half]) await client.get('/now')
    const answer = busy.get('/slow')
    const res = await behind.asked()
    await half.send('GET /half HTTP/1.1\r\nHo')
    await idle.get('/now')
    behind.signal()
    res.end('slow')
    expect(await answer).toMatchObject({ text: 'slow', headers: { connection: 'close' } })
    expect((await half.response()).status).toBe(408)
    expect(await behind.report).toMatchObject({
      clean: true,
      requests: { finished: 1, cut: 0 },
      connections: { 'told-to-leave': 1, idle: 1, 'half-head': 1 },
    })
  })

  test('are none of a drain when they were answered before their end, and ended before it', async () => {
    using behind = await serveBehind()
    const client = await behind.connect()
    const bytes = requestBytes('POST', '/now', { body: Buffer.alloc(10_000) })
    await client.send(bytes.subarray(0, 5000))
    expect((await client.response()).text).toBe('now')
    await client.send(bytes.subarray(5000))
    await new Promise<void>((resolve) => void behind.clock.after(100, resolve))
    behind.signal()
    expect(await behind.report).toMatchObject({ clean: true, requests: { finished: 0, cut: 0 } })
  })
})
