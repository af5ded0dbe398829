import { type EventEmitter, once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import {
  createServer as createHttp2Server,
  createSecureServer,
  type Http2SecureServer,
  type Http2Server,
  type Http2ServerResponse,
} from 'node:http2'
import { createServer as createTlsServer } from 'node:https'
import {
  type AddressInfo,
  connect,
  createServer as createNetServer,
  type Server as NetServer,
} from 'node:net'
import { Http2Client, RawClient, WebSocketClient } from '@lameduck/conformance'
import { selfSigned } from '@lameduck/conformance/subject'
import { Server as SocketServer } from 'socket.io'
import { io as connectTo } from 'socket.io-client'
import { describe, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import type { Lifecycle } from '../src/lifecycle/lifecycle.js'
import { kSeats, type Seats } from '../src/lifecycle/seats.js'
import { createMessageServer } from '../src/messages/message-server.js'
import { isAttached } from '../src/servers/attached.js'
import { createRealTimeLifecycle } from './in-process.js'

/** A client is at work; `end` lets it finish, and gives what it has seen. */
interface Work {
  end(): Promise<unknown>
}

/** Servers that listen on one port. */
interface Subject {
  /** The one that listens. */
  readonly listener: NetServer
  /** Objects of others, on which nothing may be left. */
  readonly objects: readonly EventEmitter[]
  attach(lifecycle: Lifecycle): void
  work(port: number): Promise<Work>
  /** What the report says of one drain with one client at work. */
  readonly seen: unknown
  readonly finished: number
}

type Answer = ServerResponse | Http2ServerResponse

/** A client, as far as it is used here. */
interface Asking {
  get(path: string): Promise<{ readonly text: string }>
}

/** Answers `/now` at once, and everything else when the test says so. */
function answering<T extends EventEmitter>(server: T): T {
  server.on('request', ({ url }: { url: string }, res: Answer) => {
    if (url === '/now') res.end('now')
    else server.emit('asked', res)
  })
  return server
}

/** A server that holds a request until its test lets it end. */
function holding(
  server: Server | Http2Server | Http2SecureServer,
  connect: (port: number) => Promise<Asking>,
): Subject {
  return {
    listener: answering(server),
    objects: [server],
    attach: (lifecycle) => void lifecycle.attach(server),
    async work(port) {
      const client = await connect(port)
      const asked = once(server, 'asked') as Promise<[Answer]>
      const answer = client.get('/slow')
      const [res] = await asked
      return {
        async end() {
          res.end('slow')
          return (await answer).text
        },
      }
    },
    seen: 'slow',
    finished: 1,
  }
}

const http1 = (server: Server, protocol: 'http' | 'https') =>
  holding(server, (port) => RawClient.connect({ port, protocol }))

const http2 = (server: Http2Server | Http2SecureServer, protocol: 'h2' | 'h2c') =>
  holding(server, (port) => Http2Client.connect({ port, protocol }))

/** `attached`: what the lifecycle is given besides the HTTP server. */
function webSockets(
  webSocketServer: WebSocketServer,
  server: Server,
  attached: readonly EventEmitter[],
): Subject {
  return {
    listener: server,
    objects: [webSocketServer, server],
    attach(lifecycle) {
      for (const each of attached) lifecycle.attach(each as never)
    },
    async work(port) {
      const client = await WebSocketClient.open(`ws://127.0.0.1:${port}/ws`)
      return { end: async () => (await client.closed).code }
    },
    seen: 1001,
    finished: 0,
  }
}

function withServer(): Subject {
  const server = createServer()
  const made = new WebSocketServer({ server })
  return webSockets(made, server, [made, server])
}

function withPort(): Subject {
  const made = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  const { _server: server } = made as unknown as { _server: Server }
  return webSockets(made, server, [made])
}

function socketIo(transport: 'websocket' | 'polling'): Subject {
  const server = createServer()
  const io = new SocketServer(server)
  return {
    listener: server,
    objects: [io, io.engine as EventEmitter, server],
    attach: (lifecycle) => void lifecycle.attach(io).attach(server),
    async work(port) {
      const client = connectTo(`http://127.0.0.1:${port}`, {
        transports: [transport],
        forceNew: true,
        reconnection: false,
      })
      const left = new Promise((resolve) => client.once('disconnect', resolve))
      await new Promise<void>((resolve) => client.once('connect', resolve))
      return { end: () => left }
    },
    seen: 'transport close',
    finished: expect.any(Number) as never,
  }
}

function messages(): Subject {
  const server = createNetServer((socket) => socket.on('error', () => {}).resume())
  let made: ReturnType<typeof createMessageServer>
  return {
    listener: server,
    objects: [server],
    attach(lifecycle) {
      const { clock } = (lifecycle as Lifecycle & { [kSeats]: Seats })[kSeats]
      const drainable = isAttached(server)
        ? made
        : createMessageServer(clock, server, { kind: 'tcp', describe: () => ({ path: 'sum' }) })
      lifecycle.attach(drainable)
      made = drainable
    },
    async work(port) {
      const client = connect(port, '127.0.0.1').resume()
      await Promise.all([once(client, 'connect'), once(server, 'connection')])
      const message = {}
      made.began(message)
      return {
        async end() {
          const ended = once(client, 'end')
          made.ended(message)
          await ended
          return 'FIN'
        },
      }
    },
    seen: 'FIN',
    finished: 1,
  }
}

const subjects: Readonly<Record<string, () => Subject>> = {
  http: () => http1(createServer(), 'http'),
  https: () => http1(createTlsServer(selfSigned), 'https'),
  'http2 without TLS': () => http2(createHttp2Server(), 'h2c'),
  http2: () => http2(createSecureServer({ ...selfSigned, allowHTTP1: true }), 'h2'),
  'HTTP/1 of http2': () =>
    http1(createSecureServer({ ...selfSigned, allowHTTP1: true }) as unknown as Server, 'https'),
  'ws on a server': withServer,
  'ws with a port of its own': withPort,
  'Socket.IO by WebSocket': () => socketIo('websocket'),
  'Socket.IO by polling': () => socketIo('polling'),
  messages,
}

/** Node makes lists of listeners of its own when it first listens; what lists are empty says nothing. */
const traces = (objects: readonly EventEmitter[]) =>
  objects.map((object) => ({
    listeners: Object.fromEntries(
      object
        .eventNames()
        .map((event): [string, number] => [String(event), object.listenerCount(event)])
        .sort(([a], [b]) => a.localeCompare(b)),
    ),
    methods: Object.entries(Object.getOwnPropertyDescriptors(object))
      .filter(([, { value }]) => typeof value === 'function')
      .map(([name]) => name)
      .sort(),
    mark: Symbol.for('lameduck.attached.v1') in object,
  }))

const nextTurn = () => new Promise(setImmediate)

const refused = expect.objectContaining({ code: 'ALREADY_ATTACHED' })

async function listen({ listener }: Subject): Promise<number> {
  if (!listener.listening) await once(listener.listen(0, '127.0.0.1'), 'listening')
  return (listener.address() as AddressInfo).port
}

describe.concurrent('a server whose lifecycle has stopped is drained again by another:', () => {
  for (const [name, create] of Object.entries(subjects)) {
    test(`${name}, twelve times, and then it is as it was`, async () => {
      const subject = create()
      const { listener, objects } = subject
      await listen(subject)
      await new Promise((resolve) => listener.close(resolve))
      const before = traces(objects)
      const made = createRealTimeLifecycle()
      let { lifecycle } = made
      for (let life = 0; life < 12; life++) {
        subject.attach(lifecycle)
        expect(() => subject.attach(made.another())).toThrow(refused)
        const port = await listen(subject)
        await lifecycle.ready()
        const work = await subject.work(port)
        const stopped = lifecycle.stop()
        expect(() => subject.attach(made.another())).toThrow(refused)
        expect(await work.end()).toBe(subject.seen)
        expect(await stopped).toMatchObject({
          clean: true,
          requests: { finished: subject.finished, cut: 0 },
        })
        expect(listener.listening).toBe(false)
        lifecycle = made.another()
      }
      await nextTurn()
      await listen(subject)
      const closed = once(listener, 'close')
      listener.close()
      await closed
      // Servers of messages, and those that a WebSocket server has hidden, are given back when another lifecycle asks.
      expect(objects.some(isAttached)).toBe(false)
      expect(traces(objects)).toEqual(before)
    })
  }
})

test('a server that listens again right after the drain, and closes at once, says so', async () => {
  const webSocketServer = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  const { _server: server } = webSocketServer as unknown as { _server: Server }
  await once(server, 'listening')
  await new Promise((resolve) => server.close(resolve))
  const { lifecycle } = createRealTimeLifecycle()
  await lifecycle.attach(webSocketServer).stop()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  await once(server.close(), 'close')
})

test('what others have put around the events of a server counts nothing for a lifecycle that has stopped', async () => {
  const subject = http1(createServer(), 'http')
  const { listener } = subject
  const { lifecycle, another } = createRealTimeLifecycle()
  subject.attach(lifecycle)
  const heard: unknown[] = []
  const emit = listener.emit.bind(listener)
  listener.emit = (event: string, ...args: unknown[]) => {
    heard.push(event)
    return emit(event, ...args)
  }
  await listen(subject)
  await lifecycle.stop()
  const second = another()
  subject.attach(second)
  const port = await listen(subject)
  const client = await RawClient.connect({ port })
  expect((await client.get('/readyz')).status).toBe(503)
  await second.ready()
  expect((await client.get('/readyz')).status).toBe(200)
  const work = await subject.work(port)
  const stopped = second.stop()
  expect(await work.end()).toBe('slow')
  expect(await stopped).toMatchObject({ clean: true, requests: { finished: 1, cut: 0 } })
  expect(heard.filter((event) => event === 'request').length).toBe(1)
  client.destroy()
})

test.each([
  ['http', () => http1(createServer(), 'http')],
  ['http2', () => http2(createHttp2Server(), 'h2c')],
] as const)('%s: what began before the other lifecycle came is waited for', async (_, create) => {
  const subject = create()
  const { lifecycle, another } = createRealTimeLifecycle()
  subject.attach(lifecycle)
  await listen(subject)
  await lifecycle.stop()
  const work = await subject.work(await listen(subject))
  const second = another()
  subject.attach(second)
  await second.ready()
  const stopped = second.stop()
  expect(await work.end()).toBe('slow')
  expect(await stopped).toMatchObject({ clean: true, requests: { finished: 1, cut: 0 } })
})

test('ws: who comes before the other lifecycle stays until that says 1001', async () => {
  const { listener, attach, objects } = withServer()
  objects[0]?.on('connection', (webSocket) =>
    webSocket.on('message', (data: Buffer) => webSocket.send(`heard ${data}`)),
  )
  const { lifecycle, another } = createRealTimeLifecycle()
  attach(lifecycle)
  await once(listener.listen(0, '127.0.0.1'), 'listening')
  await lifecycle.stop()
  await once(listener.listen(0, '127.0.0.1'), 'listening')
  const client = await WebSocketClient.open(`ws://127.0.0.1:${(listener.address() as AddressInfo).port}/ws`)
  client.socket.send('a')
  await client.receives('heard a')
  const second = another()
  attach(second)
  client.socket.send('b')
  await client.receives('heard b')
  expect(await second.stop()).toMatchObject({ clean: true, connections: { websocket: 1 } })
  expect(await client.closed).toMatchObject({ code: 1001 })
})

test.each(['websocket', 'polling'] as const)('Socket.IO by %s: the same', async (transport) => {
  const server = createServer()
  const io = new SocketServer(server)
  io.on('connection', (socket) => socket.on('echo', (text, answer) => answer(text)))
  const { lifecycle, another } = createRealTimeLifecycle()
  lifecycle.attach(io).attach(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  await lifecycle.stop()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const client = connectTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    transports: [transport],
    forceNew: true,
    reconnection: false,
  })
  const left = new Promise((resolve) => client.once('disconnect', resolve))
  await new Promise<void>((resolve) => client.once('connect', resolve))
  expect(await client.emitWithAck('echo', 'still here?')).toBe('still here?')
  const second = another()
  second.attach(io).attach(server)
  expect(await client.emitWithAck('echo', 'and now?')).toBe('and now?')
  expect(await second.stop()).toMatchObject({ clean: true })
  expect(await left).toBe('transport close')
})
