import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { RawClient, WebSocketClient } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws'
import type { LifecycleOptions } from '../src/options/options.js'
import { createRealTimeLifecycle } from './in-process.js'

const handshake = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version': '13',
}

const greet = (webSocket: WebSocket) => {
  webSocket.on('message', (data, isBinary) => webSocket.send(data, { binary: isBinary }))
}

/** Makes the WebSocket server of an HTTP server, which somebody has to attach. */
type Way = (server: ReturnType<typeof createServer>) => WebSocketServer

const withServer: Way = (server) => new WebSocketServer({ server }).on('connection', greet)

const byHand =
  (options: ServerOptions): Way =>
  (server) => {
    const webSockets = new WebSocketServer({ noServer: true, ...options })
    server.on('upgrade', (request, socket, head) => webSockets.handleUpgrade(request, socket, head, greet))
    return webSockets
  }

/** Serves; the HTTP server is attached, and unless `later` the WebSocket server, too. */
async function serve(way: Way = withServer, options: LifecycleOptions = {}, later = false) {
  const made = createRealTimeLifecycle({ linger: 0, ...options })
  const server = createServer((_, res) => void res.end('http'))
  const webSockets = way(server)
  made.lifecycle.attach(server)
  if (!later) made.lifecycle.attach(webSockets)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  await made.lifecycle.ready()
  const { port } = server.address() as AddressInfo
  const clients = new Set<{ destroy(): void }>()
  const remember = <T extends { destroy(): void }>(client: T) => {
    clients.add(client)
    return client
  }
  return {
    ...made,
    webSockets,
    connect: async () => remember(await WebSocketClient.open(`ws://127.0.0.1:${port}/ws`)),
    /** A client that answers nothing by itself. */
    raw: async () => {
      const client = remember(await RawClient.connect({ port }))
      void client.request('GET', '/ws', { headers: handshake })
      await client.receives('101 Switching')
      return client
    },
    closing: new Promise<void>((resolve) => made.lifecycle.on('closing', () => resolve())),
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.destroy()
      await made.lifecycle.stop()
    },
  }
}

describe.concurrent('WebSockets', () => {
  for (const [what, way] of [
    ['of an HTTP server', withServer],
    ['whose upgrades are handed on by hand', byHand({})],
    ['that are not tracked', byHand({ clientTracking: false })],
  ] as const) {
    test(`${what} are served in the window, and told to go behind it`, async () => {
      await using served = await serve(way, { shutdownDelay: 300 })
      const old = await served.connect()
      await old.echoes('before')
      served.signal()
      const late = await served.connect()
      await Promise.all([old.echoes('in the window'), late.echoes('late')])
      for (const { closed } of [old, late]) {
        expect(await closed).toMatchObject({ code: 1001, reason: 'Going Away' })
      }
      const { clean, connections } = await served.report
      expect({ clean, connections }).toEqual({ clean: true, connections: { websocket: 2 } })
    })
  }

  for (const [when, attachIn] of [
    ['while serving', undefined],
    ['behind the window', 'closing'],
  ] as const) {
    test(`that were there before their server was attached ${when} are told to go`, async () => {
      await using served = await serve(withServer, {}, true)
      const client = await served.connect()
      await client.echoes('here')
      if (attachIn === 'closing')
        served.lifecycle.on(attachIn, () => served.lifecycle.attach(served.webSockets))
      else served.lifecycle.attach(served.webSockets)
      served.signal()
      expect(await client.closed).toMatchObject({ code: 1001 })
      expect(await served.report).toMatchObject({ clean: true, connections: { websocket: 1 } })
    })
  }

  test('of a server that was attached before its HTTP server, both late, are told to go', async () => {
    const { lifecycle, signal, report } = createRealTimeLifecycle({ linger: 0 })
    const server = createServer().listen(0, '127.0.0.1')
    const webSockets = withServer(server)
    await once(server, 'listening')
    await lifecycle.ready()
    const client = await WebSocketClient.open(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
    await client.echoes('here')
    lifecycle.attach(webSockets).attach(server)
    signal()
    expect(await client.closed).toMatchObject({ code: 1001 })
    expect(await report).toMatchObject({ clean: true, cut: [], connections: { websocket: 1 } })
  })

  test('are told 1012 where that is asked for', async () => {
    await using served = await serve(withServer, { webSocketCloseCode: 1012 })
    const client = await served.connect()
    served.signal()
    expect(await client.closed).toMatchObject({ code: 1012, reason: 'Service Restart' })
  })

  test("keep the application's own close code", async () => {
    await using served = await serve()
    const client = await served.connect()
    served.lifecycle.signal.addEventListener('abort', () => {
      for (const webSocket of served.webSockets.clients) webSocket.close(4000, 'moved')
    })
    served.signal()
    expect(await client.closed).toMatchObject({ code: 4000, reason: 'moved' })
    expect(await served.report).toMatchObject({ clean: true, connections: { websocket: 1 } })
  })

  test('whose client never answers are terminated, and nothing of them is cut', async () => {
    await using served = await serve()
    const client = await served.raw()
    served.signal()
    await client.receives('Going Away')
    expect(await served.report).toMatchObject({ clean: true, cut: [], connections: { websocket: 1 } })
  })

  test('that have not answered at the cutoff are no work that was cut', async () => {
    await using served = await serve(withServer, { gracePeriod: 800 })
    const client = await served.raw()
    served.signal()
    await client.receives('Going Away')
    expect(await served.report).toMatchObject({ clean: true, cut: [] })
  })

  test('get what was sent before, however slowly they read, and only then the close frame', async () => {
    await using served = await serve(withServer, { gracePeriod: 8000 })
    const connected = once(served.webSockets, 'connection')
    const client = await served.connect()
    const [webSocket] = (await connected) as [WebSocket]
    client.socket.pause()
    for (let i = 0; i < 12; i++) webSocket.send(Buffer.alloc(1_000_000))
    webSocket.send('the last one')
    served.signal()
    await served.closing
    // Longer than a client that has nothing left to get would be given.
    await new Promise((resolve) => setTimeout(resolve, 1500))
    client.socket.resume()
    await client.receives('the last one')
    expect(client.messages).toHaveLength(13)
    expect(await client.closed).toMatchObject({ code: 1001 })
    expect((await served.report).clean).toBe(true)
  })

  test('that nobody attached hold the drain as what they are: another protocol', async () => {
    await using served = await serve(withServer, { gracePeriod: 800 }, true)
    const client = await served.raw()
    served.signal()
    expect(await client.closed).toBe('fin')
    expect((await served.report).cut).toMatchObject([{ kind: 'upgraded', path: '/ws' }])
  })

  test('of a server with a port of its own: it answers probes, and its port is closed', async () => {
    const { lifecycle, signal, report } = createRealTimeLifecycle({ linger: 0, shutdownDelay: 200 })
    const webSockets = new WebSocketServer({ port: 0, host: '127.0.0.1' }).on('connection', greet)
    lifecycle.attach(webSockets)
    await once(webSockets, 'listening')
    await lifecycle.ready()
    const { port } = webSockets.address() as AddressInfo
    const client = await WebSocketClient.open(`ws://127.0.0.1:${port}`)
    const probe = await RawClient.connect({ port })
    expect((await probe.get('/readyz')).status).toBe(200)
    expect((await probe.get('/else')).status).toBe(426)
    signal()
    expect((await probe.get('/readyz')).status).toBe(503)
    expect(await client.closed).toMatchObject({ code: 1001 })
    expect(await report).toMatchObject({ clean: true, connections: { websocket: 1 } })
    await expect(RawClient.connect({ port })).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })
})
