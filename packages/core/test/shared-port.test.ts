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

  test('finds no way where none of its connections arrives', async () => {
    const { findWay } = await listen({ ...reusePort, host: '127.0.0.1' })
    vi.spyOn(Socket.prototype, 'connect').mockReturnThis()
    expect(await findWay()).toBeUndefined()
  })
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
  expect(arrive(from('::ffff:127.0.0.1'))).toBe(true)
})
