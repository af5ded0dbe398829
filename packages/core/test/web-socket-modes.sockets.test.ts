import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { createSecureServer, type Http2SecureServer } from 'node:http2'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { RawClient, WebSocketClient } from '@lameduck/conformance'
import { selfSigned } from '@lameduck/conformance/subject'
import { Server as SocketServer } from 'socket.io'
import { io, type ManagerOptions } from 'socket.io-client'
import { describe, expect, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { createRealTimeLifecycle } from './in-process.js'

type AnyServer = Server | Http2SecureServer

const greet = (webSocket: WebSocket) => webSocket.send('hello')
const greeting = (server: WebSocketServer) => server.on('connection', greet)

async function listen(server: AnyServer | WebSocketServer): Promise<number> {
  if ('listen' in server) server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const upgradeHeaders = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
}

/** A client that is greeted, and answers no frame: not even a close frame. */
async function connectMute(port: number): Promise<RawClient> {
  const client = await RawClient.connect({ port })
  void client.request('GET', '/', { headers: upgradeHeaders })
  await client.receives('hello')
  return client
}

describe.concurrent('the clients of a WebSocket server', () => {
  const protocols: [string, () => AnyServer, string][] = [
    ['node:http', () => createServer(), 'ws'],
    ['node:https', () => createTlsServer(selfSigned), 'wss'],
    ['node:http2 that allows HTTP/1', () => createSecureServer({ ...selfSigned, allowHTTP1: true }), 'wss'],
  ]
  for (const [name, create, scheme] of protocols) {
    test(`beside a server of ${name} are served in the window, then told to go`, async () => {
      const { lifecycle, report, signal } = createRealTimeLifecycle({ shutdownDelay: 300 })
      const server = create()
      const webSockets = greeting(new WebSocketServer({ server: server as Server }))
      lifecycle.attach(server).attach(webSockets)
      const url = `${scheme}://127.0.0.1:${await listen(server)}`
      await lifecycle.ready()
      const old = await WebSocketClient.open(url)
      signal()
      const late = await WebSocketClient.open(url)
      await late.receives('hello')
      expect(server.listening).toBe(true)
      expect(await Promise.all([old.closed, late.closed])).toMatchObject([
        { code: 1001, reason: 'Going Away' },
        { code: 1001 },
      ])
      expect(server.listening).toBe(false)
      expect(await report).toMatchObject({ clean: true, requests: { finished: 0, cut: 0 } })
      expect((await report).connections).toEqual({ websocket: 2 })
    })
  }

  test('are told what the option says, and are known if their server tracks none', async () => {
    const { lifecycle, report, signal } = createRealTimeLifecycle({ webSocketCloseCode: 1012 })
    const server = createServer()
    const webSockets = new WebSocketServer({ noServer: true, clientTracking: false })
    server.on('upgrade', (req, socket, head) => webSockets.handleUpgrade(req, socket, head, greet))
    lifecycle.attach(webSockets).attach(server)
    const client = await WebSocketClient.open(`ws://127.0.0.1:${await listen(server)}`)
    await lifecycle.ready()
    signal()
    expect(await client.closed).toMatchObject({ code: 1012, reason: 'Service Restart' })
    expect((await report).connections).toEqual({ websocket: 1 })
  })

  test('of a server with a port of its own go with its HTTP server, which answers probes', async () => {
    const { lifecycle, report, signal } = createRealTimeLifecycle()
    const webSockets = greeting(new WebSocketServer({ port: 0, host: '127.0.0.1' }))
    lifecycle.attach(webSockets)
    const port = await listen(webSockets)
    await lifecycle.ready()
    const prober = await RawClient.connect({ port })
    expect((await prober.get('/readyz')).status).toBe(200)
    const client = await WebSocketClient.open(`ws://127.0.0.1:${port}`)
    signal()
    expect(await client.closed).toMatchObject({ code: 1001 })
    await report
    await expect(RawClient.connect({ port })).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  const late: [string, boolean][] = [
    ['before it was attached', true],
    ['before it and its HTTP server were attached', false],
  ]
  for (const [when, isServerFirst] of late) {
    test(`that came ${when} are told to go, too`, async () => {
      const { lifecycle, report, signal } = createRealTimeLifecycle()
      const server = createServer()
      const webSockets = greeting(new WebSocketServer({ server }))
      if (isServerFirst) lifecycle.attach(server)
      const client = await WebSocketClient.open(`ws://127.0.0.1:${await listen(server)}`)
      await client.receives('hello')
      lifecycle.attach(webSockets)
      if (!isServerFirst) lifecycle.attach(server)
      await lifecycle.ready()
      signal()
      expect(await client.closed).toMatchObject({ code: 1001 })
      expect(await report).toMatchObject({ clean: true, cut: [] })
      expect((await report).connections).toEqual({ websocket: 1 })
    })
  }

  test('of a server that is attached when the listeners have closed are told at once', async () => {
    const { lifecycle, report, signal } = createRealTimeLifecycle({ shutdownDelay: 0 })
    const server = createServer()
    const webSockets = greeting(new WebSocketServer({ server }))
    lifecycle.attach(server)
    const client = await WebSocketClient.open(`ws://127.0.0.1:${await listen(server)}`)
    await lifecycle.ready()
    signal()
    while (server.listening) await new Promise(setImmediate)
    lifecycle.attach(webSockets)
    expect(await client.closed).toMatchObject({ code: 1001 })
    expect(await report).toMatchObject({ clean: true, connections: { websocket: 1 } })
  })

  test('that never answer are terminated, and are no cut', async () => {
    const { lifecycle, report, signal } = createRealTimeLifecycle({ gracePeriod: 8000 })
    const server = createServer()
    lifecycle.attach(server).attach(greeting(new WebSocketServer({ server })))
    const mute = await connectMute(await listen(server))
    await lifecycle.ready()
    signal()
    await mute.receives('Going Away')
    expect(await report).toMatchObject({ clean: true, cut: [], connections: { websocket: 1 } })
  })

  test('that never answer are terminated at the cutoff, if that is sooner', async () => {
    const { lifecycle, report, signal } = createRealTimeLifecycle({ gracePeriod: 1200, shutdownDelay: 0 })
    lifecycle.onStop('leaves those that are terminated time to close', () => {})
    const server = createServer()
    lifecycle.attach(server).attach(greeting(new WebSocketServer({ server })))
    const mute = await connectMute(await listen(server))
    await lifecycle.ready()
    signal()
    await mute.receives('Going Away')
    expect(await report).toMatchObject({ cut: [], connections: { websocket: 1 } })
  })
})

describe.concurrent('the clients of a Socket.IO server', () => {
  /** A server that nobody else needs, with one client. */
  async function serve(transports: NonNullable<ManagerOptions['transports']>, isAttachedLate = false) {
    const made = createRealTimeLifecycle({ gracePeriod: 8000 })
    const server = createServer()
    const sockets = new SocketServer(server)
    made.lifecycle.attach(server)
    if (!isAttachedLate) made.lifecycle.attach(sockets)
    const port = await listen(server)
    const client = io(`http://127.0.0.1:${port}`, { transports, forceNew: true, reconnection: false })
    await once(client as never, 'connect')
    const { engine } = client.io
    if (transports.length > 1 && engine.transport.name === 'polling') await once(engine as never, 'upgrade')
    if (isAttachedLate) made.lifecycle.attach(sockets.engine)
    await made.lifecycle.ready()
    const closed = new Promise((resolve) => engine.on('close', (_, description) => resolve(description)))
    const disconnected = new Promise((resolve) => client.on('disconnect', resolve))
    return { ...made, port, closed, disconnected, [Symbol.dispose]: () => void client.disconnect() }
  }

  for (const isAttachedLate of [false, true]) {
    test(`on WebSockets are told 1001 (attached late: ${isAttachedLate})`, async () => {
      using served = await serve(['websocket'], isAttachedLate)
      served.signal()
      expect(await served.closed).toMatchObject({ context: { code: 1001 } })
      expect((await served.report).connections).toEqual({ websocket: 1 })
    })
  }

  test('that have gone over from polling to a WebSocket are told 1001', async () => {
    using served = await serve(['polling', 'websocket'])
    served.signal()
    expect(await served.closed).toMatchObject({ context: { code: 1001 } })
    expect((await served.report).connections).toMatchObject({ websocket: 1 })
  })

  test('that poll get the close packet', async () => {
    using served = await serve(['polling'])
    served.signal()
    expect(await served.disconnected).toBe('transport close')
    expect(await served.report).toMatchObject({ clean: true, connections: { 'long-polling': 1 } })
  })

  test('that poll no more hold nobody', async () => {
    const { lifecycle, report, signal } = createRealTimeLifecycle({ gracePeriod: 8000 })
    const server = createServer()
    lifecycle.attach(server).attach(new SocketServer(server))
    const client = await RawClient.connect({ port: await listen(server) })
    const { text } = await client.get('/socket.io/?EIO=4&transport=polling')
    expect(text).toMatch(/"sid"/)
    await lifecycle.ready()
    signal()
    expect(await report).toMatchObject({ clean: true, connections: { 'long-polling': 1 } })
  })

  test('that are sending a message are heard to its end', async () => {
    const { lifecycle, report, signal } = createRealTimeLifecycle({ gracePeriod: 8000, linger: 1000 })
    const server = createServer()
    lifecycle.attach(server).attach(new SocketServer(server))
    const client = await RawClient.connect({ port: await listen(server) })
    const path = '/socket.io/?EIO=4&transport=polling'
    const { sid } = JSON.parse((await client.get(path)).text.slice(1)) as { sid: string }
    await lifecycle.ready()
    const asked = once(server, 'request')
    void client.request('POST', `${path}&sid=${sid}`, { headers: { 'Content-Length': '2' } })
    await client.send('4')
    await asked
    signal()
    while (server.listening) await new Promise(setImmediate)
    await client.send('0')
    expect(await client.response()).toMatchObject({ status: 200, text: 'ok' })
    expect(await report).toMatchObject({ clean: true, cut: [] })
  })
})
