import { channel } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type ListenOptions, type Server, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../src/clock.js'
import { createArrivals } from '../src/http/arrivals.js'
import { barTheDoor } from '../src/http/bar-the-door.js'
import { findWay } from '../src/http/find-way.js'
import { sharesPort } from '../src/http/shared-port.js'
import { createLifecycle } from '../src/index.js'
import { createMessageServer } from '../src/messages/message-server.js'

// Where this version of Node knows no reusePort, nobody else is on the port, which is a case of its own.
const open: Server[] = []
afterEach(() => {
  vi.restoreAllMocks()
  for (const each of open.splice(0)) each.close()
})

/** A server, what its application sees, and how it is asked for a way to itself. */
async function listen(options: ListenOptions) {
  const arrivals = createArrivals(systemClock)
  const strangers: Socket[] = []
  const server = createServer((socket) => {
    if (!arrivals.arrive(socket)) strangers.push(socket.on('error', () => {}))
  })
  open.push(server)
  server.listen(options)
  await once(server, 'listening')
  const untilQuiet = async () => {
    for (let quiet = 0; quiet < 5; ) {
      const { count } = arrivals
      await nextTurn()
      quiet = arrivals.count === count ? quiet + 1 : 0
    }
  }
  return { server, arrivals, strangers, findWay: () => findWay(server, 0, arrivals, untilQuiet) }
}

const reusePort = { port: 0, reusePort: true } as ListenOptions

describe('a server that may share its port', () => {
  test.each(['127.0.0.1', '0.0.0.0'])(
    'on %s looks for a way to itself, which its application does not see, and fills its queue on it',
    async (host) => {
      const { server, strangers, findWay } = await listen({ ...reusePort, host })
      expect(sharesPort(server)).toBe(true)
      const way = await findWay()
      expect(way).toEqual({ host: '127.0.0.1', localPorts: [expect.any(Number), expect.any(Number)] })
      expect(await barTheDoor(server, way as NonNullable<typeof way>)).toBe('barred')
      expect(strangers).toEqual([])
    },
  )

  /** Looks for a way among others on the port: of each round, the kernel gives this server as many as `shares` says. */
  async function among(...shares: number[]) {
    const { server, arrivals } = await listen({ ...reusePort, host: '127.0.0.1' })
    const arrived: number[] = []
    const sent: number[] = []
    const way = await findWay(server, 0, arrivals, async () => {
      sent.push(arrivals.visitors.size)
      for (const [port, visitor] of [...arrivals.visitors].slice(0, shares[sent.length - 1])) {
        visitor.hasArrived = true
        arrived.push(port)
      }
    })
    return { way, arrived, sent }
  }

  test.each([
    [[2], [16]],
    [
      [1, 1],
      [16, 32],
    ],
    [
      [0, 0, 0, 3],
      [16, 32, 64, 128],
    ],
  ])(
    'among others sends %j of its connections to itself, and no more than it takes',
    async (shares, rounds) => {
      const { way, arrived, sent } = await among(...shares)
      expect(way).toEqual({ host: '127.0.0.1', localPorts: arrived.slice(-2) })
      expect(sent).toEqual(rounds)
    },
  )

  test('gives up where it gets too few of them', async () => {
    const { way, sent } = await among(1, 0, 0, 0)
    expect([way, sent]).toEqual([undefined, [16, 32, 64, 128]])
  })

  test('finds no way where none of its connections arrives', async () => {
    const { findWay } = await listen({ ...reusePort, host: '127.0.0.1' })
    vi.spyOn(Socket.prototype, 'connect').mockReturnThis()
    expect(await findWay()).toBeUndefined()
  })
})

test('a server that shares its port is known to every copy of lameduck in the process, whoever came first, until it listens for itself alone', async () => {
  const told = channel('tracing:net.server.listen:asyncStart')
  const key = Symbol.for('lameduck.shared-port.v1')
  const kept = Object.getOwnPropertyDescriptor(told, key) ?? {}
  Reflect.deleteProperty(told, key)
  const copy = async () => {
    vi.resetModules()
    return (await import('../src/http/shared-port.js')).sharesPort
  }
  const [first, second] = [await copy(), await copy()]
  const { server } = await listen({ ...reusePort, host: '127.0.0.1' })
  expect([first(server), second(server), key in told]).toEqual([true, true, true])
  told.publish({ server })
  expect([first(server), second(server)]).toEqual([false, false])
  Object.defineProperty(told, key, kept)
})

test('a server that has its port for itself needs no way', async () => {
  const { server, findWay } = await listen({ port: 0, host: '127.0.0.1' })
  expect(sharesPort(server)).toBe(false)
  expect(await findWay()).toEqual({ host: '127.0.0.1' })
})

describe('connections that a server has sent to itself', () => {
  /** What the application has seen of them, when its listener has closed. */
  async function seenBy(server: Server, stop: () => Promise<unknown>) {
    const seen: unknown[] = []
    server.on('connection', (socket) => seen.push(socket))
    await stop()
    expect(server.listening).toBe(false)
    return seen
  }

  test('are none of its application’s', async () => {
    const server = createHttpServer()
    const lifecycle = createLifecycle({ signals: false, crash: false, logger: false })
    lifecycle.attach(server)
    await once(server.listen({ ...reusePort, host: '127.0.0.1' }), 'listening')
    await lifecycle.ready()
    expect(await seenBy(server, () => lifecycle.stop())).toEqual([])
  })

  test('nor are they where messages are spoken', async () => {
    const server = createServer()
    const drainable = createMessageServer(systemClock, server, { kind: 'tcp', describe: () => ({}) })
    await once(server.listen({ ...reusePort, host: '127.0.0.1' }), 'listening')
    drainable.announce({ arrived() {}, changed() {}, rejectLate: false })
    expect(await seenBy(server, () => drainable.stopAccepting(0))).toEqual([])
    expect(drainable.connections).toBe(0)
    drainable.release()
  })
})

test('there is no way to a server without a port', async () => {
  const { findWay } = await listen({ path: join(tmpdir(), `lameduck-${process.pid}-no-port.sock`) })
  expect(await findWay()).toBeUndefined()
})

test('a stranger who has the same port elsewhere is let in', () => {
  const { arrive, visitors } = createArrivals(systemClock)
  visitors.set(5000, { address: '127.0.0.1', hasArrived: false })
  const from = (remoteAddress: string) =>
    Object.defineProperties(new Socket(), {
      remotePort: { value: 5000 },
      remoteAddress: { value: remoteAddress },
      resetAndDestroy: { value: () => {} },
    })
  expect(arrive(from('10.0.0.1'))).toBe(false)
  expect(arrive(new Socket())).toBe(false)
  expect(arrive(Object.defineProperty(new Socket(), 'remotePort', { value: 5000 }))).toBe(false)
  const ours = from('::ffff:127.0.0.1')
  expect(arrive(ours)).toBe(true)
  // Its reset is nobody's business.
  expect(ours.emit('error', new Error('reset'))).toBe(true)
})

test('nobody is asked where they come from while none of our own is on its way', () => {
  const { arrive } = createArrivals(systemClock)
  const asked = vi.fn()
  expect(arrive(Object.defineProperty(new Socket(), 'remotePort', { get: asked }))).toBe(false)
  expect(asked).not.toHaveBeenCalled()
})
