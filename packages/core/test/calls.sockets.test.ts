import { EventEmitter, once } from 'node:events'
import {
  createSecureServer,
  createServer,
  type Http2SecureServer,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import { type AddressInfo, connect as connectSocket } from 'node:net'
import { join } from 'node:path'
import { Http2Client, RawClient } from '@lameduck/conformance'
import { selfSigned } from '@lameduck/conformance/subject'
import { describe, expect, test } from 'vitest'
import { joinLifecycle } from '../src/adapters/join-lifecycle.js'
import type { Call, Calls } from '../src/calls/calls.js'
import type { LifecycleOptions } from '../src/options/options.js'
import { isAttached } from '../src/servers/attached.js'
import { createRealTimeLifecycle } from './in-process.js'
import { temporaryFolder } from './temporary-folder.js'
import { isHidden } from './where-hidden.js'

type AnyServer = Http2Server | Http2SecureServer

/** A call as an adapter makes one of a stream: it is over when its answer is queued, or its stream has closed. */
class StreamCall implements Call {
  startedAt = 0
  isAnswered = false
  readonly path: string
  readonly #calls: Calls
  readonly #stream: ServerHttp2Stream
  readonly #peer: string | undefined

  constructor(calls: Calls, stream: ServerHttp2Stream, path: string) {
    const { remoteAddress, remotePort } = (stream.session as ServerHttp2Session).socket
    this.#peer = remotePort === undefined ? undefined : `${remoteAddress}:${remotePort}`
    this.#calls = calls
    this.#stream = stream
    this.path = path
    calls.begin(this)
    stream.on('error', () => {}).once('close', () => calls.finish(this))
  }

  peer = () => this.#peer
  end = () => this.#finish('UNAVAILABLE')

  answer(body: string | Buffer): void {
    this.isAnswered = true
    this.#finish(body)
  }

  #finish(body: string | Buffer): void {
    this.#stream.respond()
    this.#stream.end(body)
    this.#calls.finish(this)
  }
}

/** A server of calls that is drained, without a server of `node:http2` yet. */
function createCallingLifecycle(options: LifecycleOptions = {}) {
  const made = createRealTimeLifecycle(options)
  const seat = joinLifecycle({ lifecycle: made.lifecycle })
  const calls = seat.createCalls()
  const steps: string[] = []
  const events = new EventEmitter()
  const server = {}
  const callServer = seat.createCallServer(calls, {
    kind: 'calling',
    server,
    closing() {
      steps.push('closing')
      events.emit('closing')
    },
    refuse(stream) {
      stream.respond()
      stream.end('REFUSED')
    },
    isProbe: (path) => path === '/probe',
    callOf: (given) => (given as { call?: Call }).call,
    closed: () => steps.push('closed'),
    released: () => steps.push('released'),
  })
  seat.attach(callServer)
  expect(isAttached(server)).toBe(true)
  const clients = new Set<{ destroy(): void }>()

  return {
    ...made,
    seat,
    calls,
    callServer,
    steps,
    events,
    /** Listens; `/now` is answered at once, everything else by the test. Nobody has included it yet. */
    async listen(server: AnyServer = createServer(), path?: string) {
      const sessions = new Set<ServerHttp2Session>()
      server.on('session', (session) => sessions.add(session))
      server.on('stream', (stream, headers) => {
        if (calls.isRejecting) {
          stream.respond()
          stream.end('UNAVAILABLE')
          return
        }
        const call = new StreamCall(calls, stream, headers[':path'] as string)
        if (call.path === '/now') call.answer('now')
        else events.emit('call', call)
      })
      if (path === undefined) server.listen(0, '127.0.0.1')
      else server.listen(path)
      await once(server, 'listening')
      const protocol = 'setSecureContext' in server ? 'h2' : 'h2c'
      const target = { port: (server.address() as AddressInfo).port, protocol } as const
      return {
        server,
        target,
        include: () => callServer.include(server, sessions),
        connect: async () => {
          const client = await Http2Client.connect(target)
          clients.add(client)
          return client
        },
      }
    },
    /** The next call that the test has to answer. */
    called: async () => ((await once(events, 'call')) as [StreamCall])[0],
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.destroy()
      await made.lifecycle.stop()
    },
  }
}

async function serve(options: LifecycleOptions = {}, server?: AnyServer) {
  const made = createCallingLifecycle(options)
  const listening = await made.listen(server)
  listening.include()
  made.seat.listening()
  return { ...made, ...listening }
}

const stopped = async (server: { listening: boolean }) => {
  while (server.listening) await new Promise(setImmediate)
}

/** A client in the same process may know before its server does that their connection has closed. */
const hasConnections = async (server: { connections: number }, count: number) => {
  while (server.connections !== count) await new Promise(setImmediate)
}

describe.concurrent('a server of calls', () => {
  test('asks its sessions to go behind the window, and waits for their calls', async () => {
    await using served = await serve()
    const { callServer, calls } = served
    const [idle, busy] = [await served.connect(), await served.connect()]
    expect((await idle.get('/now')).text).toBe('now')
    const answer = busy.get('/slow')
    const call = await served.called()
    expect(callServer).toMatchObject({ kind: 'calling', listening: true, inFlight: 1, connections: 2 })
    served.signal()
    expect((await busy.get('/now')).text).toBe('now')
    await idle.closed
    expect(idle.goaways[0]).toMatchObject({ code: 0, lastStream: 1 })
    expect(busy.goaways).toMatchObject([{ code: 0, lastStream: 3 }])
    await hasConnections(callServer, 1)
    expect(callServer).toMatchObject({ listening: false, inFlight: 1 })
    expect(served.steps).toEqual(['closing'])
    call.answer('slow')
    expect((await answer).text).toBe('slow')
    await busy.closed
    expect(await served.report).toMatchObject({
      clean: true,
      requests: { finished: 2, cut: 0 },
      connections: { session: 2 },
      cut: [],
    })
    expect(served.steps).toEqual(['closing', 'closed', 'released'])
    expect(calls.rate()).toBeGreaterThan(0)
  })

  test('keeps a session as long as one of several calls on it goes on', async () => {
    await using served = await serve({ shutdownDelay: 0 })
    const client = await served.connect()
    const answers = [client.get('/a'), client.get('/b')]
    const calls: StreamCall[] = []
    while (calls.length < 2) calls.push(await served.called())
    served.signal()
    await once(served.events, 'closing')
    calls[0]?.answer('a')
    expect((await answers[0])?.text).toBe('a')
    expect(served.callServer).toMatchObject({ inFlight: 1, connections: 1 })
    calls[1]?.answer('b')
    expect((await answers[1])?.text).toBe('b')
    expect(await served.report).toMatchObject({ clean: true, requests: { finished: 2 } })
  })

  test('does not count a call that its client cancels as answered', async () => {
    await using served = await serve()
    const client = await served.connect()
    const exchange = client.open('GET', '/cancelled')
    await served.called()
    served.signal()
    exchange.stream.close(8)
    expect(await served.report).toMatchObject({ clean: true, requests: { finished: 0, cut: 0 } })
  })

  test('counts sessions that their client ends, and those that never spoke, each as what they are', async () => {
    await using served = await serve({ shutdownDelay: 200, linger: 200 })
    const client = await served.connect()
    await client.get('/now')
    const silent = await Http2Client.silent(served.target)
    served.signal()
    client.destroy()
    await once(silent.resume(), 'end')
    expect((await served.report).connections).toEqual({ 'by-client': 1, silent: 1 })
  })

  test("answers calls that come late by the protocol's refusal where late is 'reject'", async () => {
    await using served = await serve({ late: 'reject', linger: 1000 })
    const late = await Http2Client.silent(served.target)
    expect(served.calls.isRejecting).toBe(false)
    served.signal()
    await once(served.events, 'closing')
    await stopped(served.server)
    const session = await Http2Client.over(late)
    expect((await session.get('/now')).text).toBe('UNAVAILABLE')
    expect(await served.report).toMatchObject({ clean: true, requests: { finished: 0 } })
  })

  test('serves over TLS, and lets a handshake that has begun go on', async () => {
    await using served = await serve({ shutdownDelay: 0, linger: 2000 }, createSecureServer(selfSigned))
    const busy = await served.connect()
    const answer = busy.get('/slow')
    const call = await served.called()
    const half = await RawClient.connect({ port: served.target.port })
    while (served.callServer.connections < 2) await new Promise(setImmediate)
    served.signal()
    await once(served.events, 'closing')
    half.destroy()
    call.answer('slow')
    expect((await answer).text).toBe('slow')
    expect(await served.report).toMatchObject({ clean: true, connections: { session: 1 } })
  })
})

describe.concurrent('the first call on a session', () => {
  test('is a sign of traffic, a connection is none, nor is a further call', async () => {
    await using served = await serve()
    const { callServer } = served
    const old = await served.connect()
    const arrivals: string[] = []
    callServer.announce({ changed() {}, arrived: () => arrivals.push('arrived'), rejectLate: false })
    const fresh = await served.connect()
    await old.get('/now')
    expect(arrivals).toEqual([])
    await fresh.get('/now')
    await fresh.get('/now')
    expect(arrivals).toEqual(['arrived'])
  })
})

describe.concurrent('a server of node:http2 that is included', () => {
  test('twice is one, and two are drained as one', async () => {
    await using served = await serve()
    const other = await served.listen()
    other.include()
    other.include()
    const clients = [await served.connect(), await other.connect()] as const
    const answer = clients[1].get('/slow')
    const call = await served.called()
    await clients[0].get('/now')
    expect(served.callServer.connections).toBe(2)
    served.signal()
    await clients[0].closed
    await hasConnections(served.callServer, 1)
    expect(served.callServer).toMatchObject({ listening: false, inFlight: 1 })
    call.answer('slow')
    expect((await answer).text).toBe('slow')
    expect(await served.report).toMatchObject({ clean: true, connections: { session: 2 } })
  })

  for (const step of ['draining', 'closing'] as const) {
    test(`while ${step} takes part in what has happened, with its session and the call on it`, async () => {
      await using served = await serve({ shutdownDelay: 100 })
      const late = await served.listen()
      const client = await late.connect()
      const answer = client.get('/slow')
      const call = await served.called()
      served.signal()
      if (step === 'closing') {
        await once(served.events, 'closing')
        await stopped(served.server)
      }
      late.include()
      expect(served.callServer).toMatchObject({ inFlight: 1, connections: 1 })
      await stopped(late.server)
      while (client.goaways.length === 0) await once(client.session, 'goaway')
      call.answer('slow')
      expect((await answer).text).toBe('slow')
      await client.closed
      expect(await served.report).toMatchObject({ clean: true, connections: { session: 1 } })
    })
  }
})

describe.concurrent('at the cutoff', () => {
  test('calls are ended in the words of their protocol, and named', async () => {
    await using served = await serve({ gracePeriod: 800, shutdownDelay: 0, linger: 0 })
    const client = await served.connect()
    const answer = client.get('/hangs')
    await served.called()
    served.signal()
    expect((await answer).text).toBe('UNAVAILABLE')
    const { clean, requests, cut } = await served.report
    expect({ clean, requests }).toEqual({ clean: false, requests: { finished: 0, cut: 1 } })
    expect(cut).toEqual([
      { kind: 'calling', path: '/hangs', age: expect.any(Number), remoteAddress: '127.0.0.1' },
    ])
  })

  test('calls on a Unix socket are named once, without an address', async () => {
    await using served = createCallingLifecycle({ gracePeriod: 800, shutdownDelay: 0, linger: 0 })
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'socket')
    const listening = await served.listen(createServer(), path)
    listening.include()
    served.seat.listening()
    const client = await Http2Client.over(connectSocket(path))
    const answer = client.get('/hangs')
    await served.called()
    served.signal()
    expect((await answer).text).toBe('UNAVAILABLE')
    const { cut } = await served.report
    expect(cut).toEqual([{ kind: 'calling', path: '/hangs', age: expect.any(Number) }])
    client.destroy()
  })

  test.skipIf(isHidden('which streams of a session are not flushed'))(
    'a client that has not read an answer that was given gets as much time as one without an answer',
    async () => {
      await using served = await serve({ gracePeriod: 4000, shutdownDelay: 0, linger: 0 })
      const client = await served.connect()
      const exchange = client.open('GET', '/large')
      const call = await served.called()
      served.signal()
      call.answer(Buffer.alloc(1_000_000))
      exchange.stream.pause()
      await once(served.lifecycle.cutoff, 'abort')
      exchange.stream.resume()
      expect((await exchange.response()).body).toHaveLength(1_000_000)
      expect(await served.report).toMatchObject({ clean: true, cut: [] })
    },
  )

  test('a session is named whose client has not read an answer that was given', async () => {
    await using served = await serve({ gracePeriod: 900, shutdownDelay: 0, linger: 0 })
    const client = await served.connect()
    const exchange = client.open('GET', '/large')
    const call = await served.called()
    served.signal()
    call.answer(Buffer.alloc(4_000_000))
    exchange.stream.removeAllListeners('data').pause()
    const { clean, cut } = await served.report
    expect(clean).toBe(false)
    expect(cut).toEqual([{ kind: 'session', age: expect.any(Number), remoteAddress: '127.0.0.1' }])
  })
})

describe('a call that stop() leaves out', () => {
  /** Two calls on one session, of which the first is left out. */
  async function stopping(options: LifecycleOptions = {}) {
    const { listen, lifecycle, steps, events, process, signal } = createCallingLifecycle({
      shutdownDelay: 0,
      linger: 0,
      ...options,
    })
    const { include, connect } = await listen()
    include()
    await lifecycle.ready()
    const client = await connect()
    const asked: StreamCall[] = []
    events.on('call', (call: StreamCall) => asked.push(call))
    const [stopped, other] = [client.get('/stop'), client.get('/other')]
    while (asked.length < 2) await new Promise(setImmediate)
    const [first, second] = asked as [StreamCall, StreamCall]
    return { lifecycle, steps, process, signal, client, stopped, other, first, second }
  }

  test('is answered when the others are; the server is shut down behind it', async () => {
    const { lifecycle, steps, client, stopped, other, first, second } = await stopping()
    const report = lifecycle.stop({ except: { call: first, getPeer: () => '' } })
    second.answer('other')
    expect(await report).toMatchObject({ clean: true, cut: [], requests: { finished: 1 } })
    expect(steps).not.toContain('released')
    first.answer('stopped')
    expect([(await stopped).text, (await other).text]).toEqual(['stopped', 'other'])
    await client.closed
    while (!steps.includes('released')) await new Promise(setImmediate)
  })

  test('is told with the end of the process that the server goes; what hangs beside it is cut', async () => {
    const { lifecycle, process, signal, stopped, other, first } = await stopping({ gracePeriod: 1500 })
    const warnings: string[] = []
    lifecycle.on('warning', ({ message }) => void warnings.push(message))
    const report = lifecycle.stop({ except: { call: first, getPeer: () => '' }, force: true })
    expect(await report).toMatchObject({ cut: [{ kind: 'calling', path: '/other' }] })
    expect((await other).text).toBe('UNAVAILABLE')
    signal()
    expect((await stopped).text).toBe('UNAVAILABLE')
    while (process.exitCode === undefined) await new Promise(setImmediate)
    expect(process.exitCode).toBe(1)
    expect(warnings).toEqual([expect.stringMatching(/^\/stop was given to stop\(\)/)])
  })

  test('is none that nobody works on any more', async () => {
    const { lifecycle, steps, other, first, second } = await stopping()
    first.answer('answered')
    void lifecycle.stop({ except: { call: first, getPeer: () => '' } })
    const report = lifecycle.stop({ except: { getPeer: () => '' } })
    second.answer('other')
    expect((await other).text).toBe('other')
    expect(await report).toMatchObject({ clean: true, requests: { finished: 1 } })
    expect(steps).toContain('released')
  })
})
