import diagnosticsChannel from 'node:diagnostics_channel'
import { once } from 'node:events'
import { connect, createServer } from 'node:http2'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  Server,
  ServerCredentials,
  ServerInterceptingCall,
  type ServerInterceptor,
  status,
} from '@grpc/grpc-js'
import { createLifecycle, isAttached, LifecycleError } from '@lameduck/core'
import { afterEach, describe, expect, test } from 'vitest'
import { carriersOf, internalsOf } from '../src/grpc-server.js'
import { graceful } from '../src/index.js'
import { handlersFor, work } from './scenarios/service.mjs'
import { WorkClient } from './work-client.js'

const quiet = { logger: false, signals: false, shutdownDelay: 0, linger: 0 } as const
const insecure = ServerCredentials.createInsecure()
const started: { stop: () => Promise<unknown> }[] = []
afterEach(async () => {
  await Promise.all(started.splice(0).map((each) => each.stop()))
})

const bind = (server: Server, address = '127.0.0.1:0') =>
  new Promise<number>((resolve, reject) =>
    server.bindAsync(address, insecure, (error, port) => (error ? reject(error) : resolve(port))),
  )

const codeOf = (act: () => unknown) => {
  try {
    act()
  } catch (error) {
    return error instanceof LifecycleError ? error.code : String(error)
  }
  return 'nothing thrown'
}

/** A server as its author would write it. */
const serve = async (options: object = {}, others: ServerInterceptor[] = []) => {
  const { interceptor, attach, lifecycle } = graceful({ ...quiet, ...options })
  const server = new Server({ interceptors: [interceptor, ...others] })
  attach(server)
  server.addService(work, handlersFor(lifecycle))
  started.push(lifecycle)
  const port = await bind(server)
  return { server, lifecycle, port, interceptor, attach }
}

describe('attach', () => {
  test('refuses a server without the interceptor, something else, and a second server', async () => {
    const { interceptor, attach, lifecycle } = graceful(quiet)
    started.push(lifecycle)
    expect(codeOf(() => attach(new Server()))).toBe('INTERCEPTOR_MISSING')
    expect(codeOf(() => attach(new Server({ interceptors: [graceful(quiet).interceptor] })))).toBe(
      'INTERCEPTOR_MISSING',
    )
    for (const value of [undefined, null, {}, 'server']) {
      expect(codeOf(() => attach(value as unknown as Server))).toBe('NOT_A_SERVER')
    }
    attach(new Server({ interceptors: [interceptor] }))
    expect(codeOf(() => attach(new Server({ interceptors: [interceptor] })))).toBe('ALREADY_ATTACHED')
  })

  test('takes a server one of whose sessions has just been destroyed', async () => {
    const { interceptor, attach, lifecycle } = graceful(quiet)
    started.push(lifecycle)
    const server = new Server({ interceptors: [interceptor] })
    server.addService(work, handlersFor(lifecycle))
    const client = connect(`http://127.0.0.1:${await bind(server)}`).on('error', () => {})
    await once(client, 'remoteSettings')
    for (const [, sessions] of carriersOf(internalsOf(server)))
      for (const session of sessions) session.destroy()
    attach(server)
    expect(lifecycle.state).toBe('ready')
    expect(await lifecycle.stop()).toMatchObject({ clean: true })
    client.destroy()
  })

  test('refuses a server that another lifecycle has', () => {
    const [first, second] = [graceful({ ...quiet, probes: false }), graceful({ ...quiet, probes: false })]
    started.push(first.lifecycle, second.lifecycle)
    const server = new Server({ interceptors: [first.interceptor, second.interceptor] })
    first.attach(server)
    expect(isAttached(server)).toBe(true)
    expect(codeOf(() => second.attach(server))).toBe('ALREADY_ATTACHED')
  })

  test('refuses no server whose lifecycle has stopped; grpc-js itself lets none listen again', async () => {
    const [first, second] = [graceful({ ...quiet, probes: false }), graceful({ ...quiet, probes: false })]
    started.push(first.lifecycle, second.lifecycle)
    const server = new Server({ interceptors: [first.interceptor, second.interceptor] })
    first.attach(server)
    await bind(server)
    await first.lifecycle.stop()
    expect(isAttached(server)).toBe(false)
    second.attach(server)
    await expect(async () => bind(server)).rejects.toThrow('bindAsync called after shutdown')
    expect(await second.lifecycle.stop()).toMatchObject({ clean: true })
  })

  test('refuses a server that has a health service, unless lameduck gives it none', async () => {
    const healthy = (options: object) => {
      const { interceptor, attach, lifecycle } = graceful({ ...quiet, ...options })
      started.push(lifecycle)
      const server = new Server({ interceptors: [interceptor] })
      const own = { ...work.Answer, path: '/grpc.health.v1.Health/Check' }
      server.addService({ Check: own }, { Check: () => {} })
      return codeOf(() => attach(server))
    }
    expect(healthy({})).toBe('PROBE_ROUTE_TAKEN')
    expect(healthy({ probes: false })).toBe('nothing thrown')
  })

  test('is ready when the server is bound, not before', async () => {
    const { interceptor, attach, lifecycle } = graceful(quiet)
    started.push(lifecycle)
    const server = new Server({ interceptors: [interceptor] })
    attach(server)
    await sleep(20)
    expect(lifecycle.state).toBe('starting')
    await bind(server)
    expect(lifecycle.state).toBe('ready')
  })

  test('is ready at once when the server was bound before', async () => {
    const { interceptor, attach, lifecycle } = graceful(quiet)
    started.push(lifecycle)
    const server = new Server({ interceptors: [interceptor] })
    await bind(server)
    attach(server)
    expect(lifecycle.state).toBe('ready')
  })

  test('another server of the process does not make it ready', async () => {
    const { interceptor, attach, lifecycle } = graceful(quiet)
    started.push(lifecycle)
    attach(new Server({ interceptors: [interceptor] }))
    const stranger = new Server()
    await bind(stranger)
    expect(lifecycle.state).toBe('starting')
    stranger.forceShutdown()
  })
})

describe('a call', () => {
  const inFlight = async (lifecycle: { stop(): Promise<{ clean: boolean; cut: readonly unknown[] }> }) => {
    const before = performance.now()
    const report = await lifecycle.stop()
    return { clean: report.clean, cut: report.cut, isPrompt: performance.now() - before < 1500 }
  }

  test('that an interceptor before ours answers is not in flight for ever, nor one that it keeps waiting', async () => {
    const refusing: ServerInterceptor = (_method, call) =>
      new ServerInterceptingCall(call, {
        start: (next) =>
          next({
            onReceiveMetadata: () => call.sendStatus({ code: status.UNAUTHENTICATED, details: 'no' }),
          }),
      })
    const waiting: ServerInterceptor = (_method, call) =>
      new ServerInterceptingCall(call, { start: (next) => void setTimeout(next, 100) })

    const outcome = async (order: (own: ServerInterceptor) => ServerInterceptor[]) => {
      const { interceptor, attach, lifecycle } = graceful(quiet)
      const server = new Server({ interceptors: order(interceptor) })
      attach(server)
      server.addService(work, handlersFor(lifecycle))
      using client = new WorkClient(await bind(server))
      await client.answer(0, { deadline: Date.now() + 50 }).catch(() => {})
      await sleep(150)
      return inFlight(lifecycle)
    }
    const ended = { clean: true, cut: [], isPrompt: true }
    expect(await outcome((own) => [refusing, own])).toEqual(ended)
    expect(await outcome((own) => [own, refusing])).toEqual(ended)
    expect(await outcome((own) => [waiting, own])).toEqual(ended)
    expect(await outcome((own) => [own, waiting])).toEqual(ended)
  })

  test('that another interceptor keeps waiting at the cutoff gets UNAVAILABLE, as every other', async () => {
    const hanging: ServerInterceptor = (_method, call) =>
      new ServerInterceptingCall(call, { start: () => {} })
    for (const isFirst of [true, false]) {
      const { interceptor, attach, lifecycle } = graceful({ ...quiet, gracePeriod: 1500 })
      const server = new Server({
        interceptors: isFirst ? [hanging, interceptor] : [interceptor, hanging],
      })
      attach(server)
      server.addService(work, handlersFor(lifecycle))
      using client = new WorkClient(await bind(server))
      const unary = client.answer().catch((error) => error)
      const stream = client.count({ upTo: 3, every: 0 })
      await sleep(100)
      const report = await lifecycle.stop()
      expect(await unary).toMatchObject({ code: status.UNAVAILABLE, details: 'the server is going away' })
      expect(await stream.status).toMatchObject({ code: status.UNAVAILABLE })
      expect(report).toMatchObject({ clean: false, cut: [{ kind: 'session' }] })
    }
  })

  test('that another interceptor lets go after the cutoff does not begin, nor fail the process', async () => {
    let letGo = () => {}
    const waiting: ServerInterceptor = (_method, call) =>
      new ServerInterceptingCall(call, {
        start: (next) => {
          letGo = next
        },
      })
    const { interceptor, attach, lifecycle } = graceful({ ...quiet, gracePeriod: 1500 })
    const server = new Server({ interceptors: [interceptor, waiting] })
    attach(server)
    const begun: string[] = []
    const Answer = (_call: unknown, answer: (error: null, text: object) => void) => {
      begun.push('handler')
      answer(null, {})
    }
    server.addService(work, { ...handlersFor(lifecycle), Answer })
    // A client that keeps its side open: the stream is not over when it has been answered.
    const client = connect(`http://127.0.0.1:${await bind(server)}`).on('error', () => {})
    const call = client.request({
      ':method': 'POST',
      ':path': '/test.Work/Answer',
      'content-type': 'application/grpc',
      te: 'trailers',
    })
    call.on('error', () => {}).resume()
    call.write(Buffer.from([0, 0, 0, 0, 2, ...Buffer.from('{}')]))
    const answered = once(call, 'response').then(([headers]) => {
      letGo()
      call.end()
      return headers
    })
    await sleep(100)
    await lifecycle.stop()
    expect(await answered).toMatchObject({ 'grpc-status': String(status.UNAVAILABLE) })
    expect(begun).toEqual([])
    client.destroy()
  })

  test('that was ended at the cutoff does not begin afterwards, however late the client ends its message', async () => {
    const { interceptor, attach, lifecycle } = graceful({ ...quiet, gracePeriod: 1500 })
    const server = new Server({ interceptors: [interceptor] })
    attach(server)
    const begun: string[] = []
    const answer = () => void begun.push('handler')
    server.addService(work, { ...handlersFor(lifecycle), answer, Answer: answer })
    lifecycle.onStop('database', () => new Promise((resolve) => setTimeout(resolve, 100)))
    const client = connect(`http://127.0.0.1:${await bind(server)}`).on('error', () => {})
    const call = client.request({
      ':method': 'POST',
      ':path': '/test.Work/Answer',
      'content-type': 'application/grpc',
      te: 'trailers',
    })
    call.on('error', () => {}).resume()
    call.write(Buffer.from([0, 0, 0, 0, 2, ...Buffer.from('{}')]))
    const headed = once(call, 'response').then(([headers]) => {
      call.end()
      return headers
    })
    await sleep(100)
    const report = await lifecycle.stop()
    expect(await headed).toMatchObject({ 'grpc-status': String(status.UNAVAILABLE) })
    expect(report).toMatchObject({ clean: false, cut: [{ kind: 'grpc', path: '/test.Work/Answer' }] })
    expect(begun).toEqual([])
    client.destroy()
  })

  test('goes through unchanged: metadata, errors, trailers and a method that does not exist', async () => {
    const { port } = await serve()
    using client = new WorkClient(port)
    expect(await client.answer()).toEqual({ text: 'answer' })
    await expect(client.unary('Nothing')).rejects.toMatchObject({ code: status.UNIMPLEMENTED })
    await expect(client.unary('Fail')).rejects.toMatchObject({
      code: status.FAILED_PRECONDITION,
      details: 'on purpose',
    })
    await expect(client.unary('Throw')).rejects.toMatchObject({ code: status.UNKNOWN })
    const stream = client.count({ upTo: 3, every: 0 })
    expect(await stream.status).toMatchObject({ code: status.OK })
    expect(stream.messages).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
  })
})

describe('stop()', () => {
  test('drains without a window, and counts what was finished', async () => {
    const { lifecycle, port } = await serve()
    using client = new WorkClient(port)
    const slow = client.answer(300)
    await sleep(50)
    const report = await lifecycle.stop()
    expect(await slow).toEqual({ text: 'answer' })
    expect(report).toMatchObject({ clean: true, requests: { finished: 1, cut: 0 }, cut: [] })
  })

  test('leaves the server closed: it cannot be bound again', async () => {
    const { lifecycle, server } = await serve()
    await lifecycle.stop()
    expect(() => server.bindAsync('127.0.0.1:0', insecure, () => {})).toThrow('after shutdown')
  })
})

describe('a lifecycle that is shared', () => {
  test('is ready when both servers are bound, and drains both', async () => {
    const lifecycle = createLifecycle(quiet)
    const pair = [0, 1].map(() => {
      const { interceptor, attach } = graceful({ lifecycle })
      const server = new Server({ interceptors: [interceptor] })
      attach(server)
      server.addService(work, handlersFor(lifecycle))
      return server
    }) as [Server, Server]
    const first = await bind(pair[0])
    expect(lifecycle.state).toBe('starting')
    const second = await bind(pair[1])
    expect(lifecycle.state).toBe('ready')
    const clients = [first, second].map((port) => new WorkClient(port))
    const answers = clients.map((client) => client.answer(200))
    await sleep(50)
    expect(await lifecycle.stop()).toMatchObject({ clean: true, requests: { finished: 2, cut: 0 } })
    for (const answer of answers) expect(await answer).toEqual({ text: 'answer' })
    for (const client of clients) client[Symbol.dispose]()
  })
})

for (const step of ['onStop', 'onDrain'] as const) {
  test(`tryShutdown() in ${step} calls back, and holds nothing`, { timeout: 60_000 }, async () => {
    const { interceptor, attach, lifecycle } = graceful({ ...quiet, gracePeriod: 30_000 })
    const server = new Server({ interceptors: [interceptor] })
    attach(server)
    const told: string[] = []
    const close = () =>
      new Promise<void>((resolve, reject) =>
        server.tryShutdown((error) => (error ? reject(error) : resolve())),
      ).then(() => void told.push('shut down'))
    if (step === 'onStop') lifecycle.onStop('server', close)
    else lifecycle.onDrain(close)
    await bind(server)
    await lifecycle.ready()
    expect(await lifecycle.stop()).toMatchObject({ clean: true, exitCode: 0 })
    expect(told).toEqual(['shut down'])
  })
}

test('many of them on one process leave other servers of node:http2 with few listeners', async () => {
  const others = Array.from({ length: 12 }, () => {
    const other = graceful({ signals: false, logger: false, probes: false })
    other.attach(new Server({ interceptors: [other.interceptor] }))
    return other
  })
  const server = createServer()
  // Asked for in the turn in which the server begins to listen: later they have been called.
  const channel = diagnosticsChannel.channel('tracing:net.server.listen:asyncEnd')
  let listeners = 0
  const count = (message: unknown) => {
    if ((message as { server: unknown }).server === server) listeners = server.listenerCount('listening')
  }
  const before = server.listenerCount('listening')
  channel.subscribe(count)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  channel.unsubscribe(count)
  server.close()
  for (const { lifecycle } of others) await lifecycle.stop()
  // One is this test's own.
  expect(listeners - before).toBeLessThanOrEqual(2)
})
