import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { RawClient } from '@lameduck/conformance'
import { Server } from 'socket.io'
import { io as connectTo, type Socket } from 'socket.io-client'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { LifecycleOptions } from '../src/options/options.js'
import { createFakeClock } from '../src/testing/index.js'
import { createEngineDrainable } from '../src/websocket/engine-server.js'
import { createRealTimeLifecycle } from './in-process.js'

type Part = 'io' | 'engine'

/** A Socket.IO server that echoes. */
async function serve(attached: Part | 'nothing' = 'io', options: LifecycleOptions = {}) {
  const made = createRealTimeLifecycle({ linger: 0, ...options })
  const server = createServer((_, res) => void res.end('http'))
  const io = new Server(server)
  const heard: unknown[] = []
  io.on('connection', (socket) => {
    socket.on('echo', (text, answer) => answer(text))
    socket.on('say', (text) => heard.push(text))
  })
  const attach = (part: Part) => made.lifecycle.attach({ io, engine: io.engine }[part])
  made.lifecycle.attach(server)
  if (attached !== 'nothing') attach(attached)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  await made.lifecycle.ready()
  const { port } = server.address() as AddressInfo
  const clients = new Set<() => void>()
  return {
    ...made,
    io,
    heard,
    attach,
    closing: new Promise<void>((resolve) => made.lifecycle.on('closing', () => resolve())),
    /** Opens the WebSocket by which a polling client goes over to another transport. */
    upgrade: async (path: string) => {
      const url = `ws://127.0.0.1:${port}${path.replace('polling', 'websocket')}`
      const webSocket = new WebSocket(url)
      clients.add(() => webSocket.terminate())
      await once(webSocket, 'open')
      return webSocket
    },
    raw: async () => {
      const client = await RawClient.connect({ port })
      clients.add(() => client.destroy())
      return client
    },
    connect: async (transports: string[]) => {
      const socket = connectTo(`http://127.0.0.1:${port}`, {
        transports,
        forceNew: true,
        reconnection: false,
      })
      clients.add(() => void socket.disconnect())
      await new Promise<void>((resolve) => socket.once('connect', resolve))
      return socket
    },
    async [Symbol.asyncDispose]() {
      for (const leave of clients) leave()
      await made.lifecycle.stop()
    },
  }
}

const disconnected = (socket: Socket) =>
  new Promise<string>((resolve) => socket.once('disconnect', (reason) => resolve(reason)))
const echo = (socket: Socket, text: string) => socket.timeout(5000).emitWithAck('echo', text)

/** Connects by polling, by hand; returns the path of the session. */
async function startPolling(client: RawClient): Promise<string> {
  const path = '/socket.io/?EIO=4&transport=polling'
  const { sid } = JSON.parse((await client.get(path)).text.slice(1)) as { sid: string }
  return `${path}&sid=${sid}`
}

describe.concurrent('clients of Socket.IO', () => {
  for (const attached of ['io', 'engine'] as const) {
    for (const [transport, kind] of [
      ['websocket', 'websocket'],
      ['polling', 'long-polling'],
    ] as const) {
      test(`on ${transport} are told to connect anew behind the window (attached: ${attached})`, async () => {
        await using served = await serve(attached, { shutdownDelay: 300 })
        const client = await served.connect([transport])
        const gone = disconnected(client)
        served.signal()
        expect(await echo(client, 'in the window')).toBe('in the window')
        // Not "io server disconnect", behind which clients would stay away.
        expect(await gone).toBe('transport close')
        expect(await served.report).toMatchObject({ clean: true, cut: [], connections: { [kind]: 1 } })
      })
    }
  }

  test('that were there before and have gone over to a WebSocket are told 1001', async () => {
    await using served = await serve('nothing')
    const client = await served.connect(['polling', 'websocket'])
    const { engine } = client.io
    if (engine.transport.name !== 'websocket') await once(engine as never, 'upgrade')
    await echo(client, 'upgraded')
    served.attach('io')
    const closed = new Promise((resolve) => engine.on('close', (_, description) => resolve(description)))
    served.signal()
    expect(await closed).toMatchObject({ context: { code: 1001 } })
    expect(await served.report).toMatchObject({ clean: true, connections: { websocket: 1 } })
  })

  test('that go over to a WebSocket while the server is attached are told 1001', async () => {
    await using served = await serve()
    const client = await served.connect(['polling', 'websocket'])
    const { engine } = client.io
    if (engine.transport.name !== 'websocket') await once(engine as never, 'upgrade')
    await echo(client, 'upgraded')
    const closed = new Promise((resolve) => engine.on('close', (_, description) => resolve(description)))
    served.signal()
    expect(await closed).toMatchObject({ context: { code: 1001 } })
  })

  test('that are sending by a poll are not broken off', async () => {
    await using served = await serve('io', { shutdownDelay: 0 })
    const client = await served.raw()
    const path = await startPolling(client)
    void client.request('POST', path, { headers: { 'Content-Length': '2' } })
    await client.send('4')
    const engine = served.io.engine as unknown as {
      clients: Record<string, { transport: { dataReq: unknown } }>
    }
    const [session] = Object.values(engine.clients)
    while (!session?.transport.dataReq) await new Promise(setImmediate)
    const closing = new Promise<void>((resolve) => served.lifecycle.on('closing', () => resolve()))
    served.signal()
    await closing
    // They are told within a few milliseconds.
    await new Promise((resolve) => setTimeout(resolve, 100))
    await client.send('0')
    expect(await client.response()).toMatchObject({ status: 200, text: 'ok' })
    expect(await served.report).toMatchObject({ clean: true, cut: [] })
  })

  for (const isWaiting of [true, false]) {
    test(`that have sent something before they could hear of it are heard (a poll waits: ${isWaiting})`, async () => {
      await using served = await serve('io', { shutdownDelay: 0 })
      const [client, sender] = [await served.raw(), await served.raw()]
      const path = await startPolling(client)
      expect(await client.ask('POST', path, { body: '40' })).toMatchObject({ status: 200 })
      await client.get(path)
      const poll = isWaiting ? client.ask('GET', path) : undefined
      const engine = served.io.engine as unknown as {
        clients: Record<string, { transport: { send(packets: { type: string }[]): void } }>
      }
      const { transport } = Object.values(engine.clients)[0] as (typeof engine.clients)[string]
      const { send } = transport
      const message = { body: '42["say","late"]' }
      const said = new Promise((resolve) => {
        // A busy event loop reads behind this what the kernel has had for long.
        transport.send = (packets) => {
          if (isWaiting && packets.some(({ type }) => type === 'close'))
            resolve(sender.ask('POST', path, message))
          send.call(transport, packets)
        }
        if (!isWaiting) {
          void served.closing.then(async () => {
            await new Promise((done) => setTimeout(done, 100))
            resolve(sender.ask('POST', path, message))
          })
        }
      })
      served.signal()
      expect(await said).toMatchObject({ status: 200, text: 'ok' })
      expect(served.heard).toEqual(['late'])
      expect(await (poll ?? client.ask('GET', path))).toMatchObject({ status: 200, text: '1' })
      expect(await served.report).toMatchObject({ clean: true, cut: [], connections: { 'long-polling': 1 } })
    })
  }

  test('that are between two polls hear of it on the next one, although that needs a new connection', async () => {
    await using served = await serve('io', { shutdownDelay: 0 })
    const client = await served.raw()
    const path = await startPolling(client)
    expect(await client.ask('POST', path, { body: '40' })).toMatchObject({ status: 200 })
    await client.get(path)
    for (const socket of served.io.sockets.sockets.values()) socket.emit('kept', 'for the next poll')
    served.signal()
    await served.closing
    // The listener would close within a few milliseconds.
    await new Promise((resolve) => setTimeout(resolve, 50))
    const texts: string[] = []
    // What was emitted comes first, and the close packet with it or behind it.
    while (texts.at(-1)?.split('\x1e').at(-1) !== '1') {
      const next = await served.raw()
      const { status, text } = await next.ask('GET', path)
      expect(status).toBe(200)
      texts.push(text)
    }
    expect(texts.join()).toContain('for the next poll')
    expect(await served.report).toMatchObject({ clean: true, connections: { 'long-polling': 1 } })
  })

  test('that are going over to a WebSocket get there, with what they have kept back, and are told 1001', async () => {
    await using served = await serve('io', { shutdownDelay: 0 })
    const client = await served.raw()
    const path = await startPolling(client)
    await client.ask('POST', path, { body: '40' })
    await client.get(path)
    const poll = client.ask('GET', path)
    const webSocket = await served.upgrade(path)
    const closed = once(webSocket, 'close')
    webSocket.send('2probe')
    expect(String(((await once(webSocket, 'message')) as [Buffer])[0])).toBe('3probe')
    served.signal()
    await served.closing
    // Engine.IO ends the poll, so that the client may leave it.
    expect(await poll).toMatchObject({ status: 200, text: '6' })
    webSocket.send('5')
    webSocket.send('42["say","kept back"]')
    const [code] = (await closed) as [number]
    expect(code).toBe(1001)
    expect(served.heard).toEqual(['kept back'])
    expect(await served.report).toMatchObject({ clean: true, cut: [], connections: { websocket: 1 } })
  })

  for (const step of ['opened', 'probed'] as const) {
    test(`that have ${step} a WebSocket and say nothing more are not cut`, async () => {
      await using served = await serve('io', { shutdownDelay: 0 })
      const client = await served.raw()
      const path = await startPolling(client)
      await client.ask('POST', path, { body: '40' })
      await client.get(path)
      const webSocket = await served.upgrade(path)
      if (step === 'probed') {
        webSocket.send('2probe')
        await once(webSocket, 'message')
      }
      // It does not answer a close frame either.
      webSocket.pause()
      served.signal()
      const report = await served.report
      expect(report).toMatchObject({ clean: true, cut: [], connections: { websocket: 1 } })
      expect(report.connections['long-polling']).toBe(1)
    })
  }

  test('that open a WebSocket for a client who is not there are not cut', async () => {
    await using served = await serve('io', { shutdownDelay: 0 })
    const client = await served.raw()
    const path = await startPolling(client)
    const first = await served.upgrade(path)
    const second = await served.upgrade(path)
    first.pause()
    second.pause()
    served.signal()
    expect(await served.report).toMatchObject({ clean: true, cut: [], connections: { websocket: 2 } })
  })

  test('that poll no more do not hold the drain', async () => {
    await using served = await serve()
    const client = await served.raw()
    const path = await startPolling(client)
    expect(await client.ask('POST', path, { body: '40' })).toMatchObject({ status: 200 })
    served.signal()
    expect(await served.report).toMatchObject({ clean: true, connections: { 'long-polling': 1 } })
  })
})

/** An engine without a network: its client is steered by the test. */
function createEngine(transportName: string, webSocket?: object) {
  const clock = createFakeClock()
  const engine = Object.assign(new EventEmitter(), { clients: {}, clientsCount: 0 })
  const drainable = createEngineDrainable(engine, { clock, webSocketCloseCode: 1012 })
  const client = Object.assign(new EventEmitter(), {
    readyState: 'open',
    transport: { name: transportName, socket: webSocket },
    writeBuffer: [] as unknown[],
    close() {},
  })
  engine.emit('connection', client)
  drainable.announce({ changed() {}, arrived() {}, rejectLate: false })
  return { clock, client, drainable }
}

class FakeWebSocket extends EventEmitter {
  readonly told: unknown[] = []
  readyState = 1

  close(code?: number, reason?: string): void {
    this.told.push({ code, reason })
  }

  terminate(): void {
    this.readyState = 3
    this.emit('close')
  }
}

describe('a client of Engine.IO', () => {
  test('that gets its WebSocket only after it was told to go is told with the code, too', async () => {
    const { clock, client, drainable } = createEngine('polling')
    await drainable.stopAccepting(0)
    await clock.advance(10)
    const webSocket = new FakeWebSocket()
    client.transport = { name: 'websocket', socket: webSocket }
    client.emit('upgrade', client.transport)
    webSocket.close()
    expect(webSocket.told).toEqual([{ code: 1012, reason: 'Service Restart' }])
  })

  test('is on the list until its closing handshake is over, too', async () => {
    const webSocket = new FakeWebSocket()
    const { client, drainable } = createEngine('websocket', webSocket)
    client.readyState = 'closed'
    client.emit('close')
    expect(drainable.connections).toBe(1)
    webSocket.terminate()
    expect(drainable).toMatchObject({ connections: 0, closed: { websocket: 1 } })
  })

  test('is not terminated while packets for it wait', async () => {
    const webSocket = new FakeWebSocket()
    const { clock, client, drainable } = createEngine('websocket', webSocket)
    client.writeBuffer.push('packet')
    await drainable.stopAccepting(0)
    await clock.advance(20_000)
    expect(webSocket.readyState).toBe(1)
    client.writeBuffer.length = 0
    await clock.advance(1000)
    expect(webSocket.readyState).toBe(3)
  })

  test('whose WebSocket is not one of ws is forgotten when its time is over', async () => {
    const { clock, drainable } = createEngine('websocket', { send() {} })
    await drainable.stopAccepting(0)
    await clock.advance(500)
    expect(drainable.connections).toBe(1)
    await clock.advance(1000)
    expect(drainable).toMatchObject({ connections: 0, closed: { websocket: 1 } })
  })
})
