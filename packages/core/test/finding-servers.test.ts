import { type EventEmitter, once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { type AdapterOptions, joinLifecycle, type Seat } from '../src/adapters/join-lifecycle.js'
import { systemClock } from '../src/clock.js'
import { createLifecycle } from '../src/process/this-process.js'
import { createAttachments } from '../src/servers/attachments.js'
import { discoverServers } from '../src/servers/discover-servers.js'

const options = { signals: false, crash: false, logger: false, shutdownDelay: 0, linger: 0 } as const
const cleanUps: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function listening(server: Server = createServer((_, res) => res.end('ok'))): Promise<Server> {
  server.listen(0, '127.0.0.1')
  cleanUps.push(() => closed(server))
  await once(server, 'listening')
  return server
}

async function closed(server: Server): Promise<void> {
  if (!server.listening) return
  server.close()
  server.closeAllConnections()
  await once(server, 'close')
}

function join(more: AdapterOptions = options): Seat {
  const seat = joinLifecycle(more)
  cleanUps.push(() => seat.lifecycle.stop())
  return seat
}

function discovered(): { found: EventEmitter[]; stop: () => void } {
  const found: EventEmitter[] = []
  const stop = discoverServers((server) => found.push(server))
  cleanUps.push(stop)
  return { found, stop }
}

describe('discoverServers', () => {
  test('gives those that listen already, and those that do later', async () => {
    const before = await listening()
    const { found } = discovered()
    const after = await listening()
    expect(found).toContain(before)
    expect(found).toContain(after)
  })

  test('does not give those that have closed, and gives nothing once stopped', async () => {
    const gone = await listening()
    await closed(gone)
    const { found, stop } = discovered()
    stop()
    await listening()
    expect(found).toEqual([])
  })

  test('gives a server of another protocol, too', async () => {
    const { found } = discovered()
    const server = createTcpServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    expect(found).toEqual([server])
    server.close()
  })
})

describe('a seat that searches', () => {
  test('takes a server that is its own, and makes the lifecycle ready', async () => {
    const seat = join()
    const mine = createServer()
    seat.search((server) => server === mine)
    await listening()
    expect(seat.lifecycle.state).toBe('starting')
    await listening(mine)
    expect(seat.lifecycle.state).toBe('ready')
    await seat.lifecycle.stop()
    expect(mine.listening).toBe(false)
  })

  test('takes one that listens already, when it is asked to look once more', async () => {
    const seat = join()
    const servers: unknown[] = []
    const again = seat.search((server) => servers.includes(server))
    servers.push(await listening())
    expect(seat.lifecycle.state).toBe('starting')
    again()
    expect(seat.lifecycle.state).toBe('ready')
  })

  test('is ready when a server listens that was attached by hand, if it counts that as its own', async () => {
    const [seat, other] = [join(), join()]
    seat.search((server) => seat.isByHand(server))
    other.search(() => false)
    for (const { lifecycle } of [seat, other]) {
      const server = createServer()
      lifecycle.attach(server)
      await listening(server)
    }
    expect(seat.lifecycle.state).toBe('ready')
    expect(other.lifecycle.state).toBe('starting')
  })

  test("is not ready because another adapter's server listens", async () => {
    const first = join()
    const second = join({ lifecycle: first.lifecycle })
    const server = createServer()
    first.search((each) => each === server)
    second.search(() => false)
    await listening(server)
    expect(first.lifecycle.state).toBe('starting')
    second.listening()
    expect(first.lifecycle.state).toBe('ready')
  })

  test('leaves a server to the lifecycle that has it, and is ready all the same', async () => {
    const server = createServer()
    createdLifecycle().attach(server)
    const seat = join()
    seat.search((each) => each === server)
    await listening(server)
    expect(seat.lifecycle.state).toBe('ready')
    await seat.lifecycle.stop()
    expect(server.listening).toBe(true)
  })

  test('takes nothing once the lifecycle has stopped', async () => {
    const seat = join()
    const again = seat.search(() => true)
    await seat.lifecycle.stop()
    const server = await listening()
    again()
    expect(seat.take(server)).toBe(false)
    expect(server.listening).toBe(true)
    createdLifecycle().attach(server)
  })

  test('says whether a server answers its probes', async () => {
    const seat = join()
    const other = join({ lifecycle: seat.lifecycle, probes: { readyz: '/other' } })
    const without = join({ lifecycle: seat.lifecycle, probes: false })
    const server = await listening()
    expect([seat.take(server), other.take(server), without.take(server)]).toEqual([true, false, true])
  })
})

function createdLifecycle() {
  const lifecycle = createLifecycle(options)
  cleanUps.push(() => lifecycle.stop())
  return lifecycle
}

describe('attachments', () => {
  const attachments = () =>
    createAttachments({
      clock: systemClock,
      probes: { respond: () => ({ match: () => undefined }) } as never,
      settings: { webSocketCloseCode: 1001, eventStreams: 'end' },
      drain: () => undefined,
      isOver: () => false,
    })

  test('forget a server that has closed by itself, until it listens again', async () => {
    const { open, attach } = attachments()
    const server = createServer()
    attach(server, undefined)
    expect(open.size).toBe(1)
    await listening(server)
    expect(open.size).toBe(1)
    await closed(server)
    expect(open.size).toBe(0)
    await listening(server)
    expect(open.size).toBe(1)
  })

  test('keep nothing of a thousand servers that came and went', async () => {
    const { open, attach } = attachments()
    for (let i = 0; i < 1000; i++) {
      const server = createServer()
      attach(server, undefined)
      await closed(await listening(server))
    }
    expect(open.size).toBe(0)
  })
})
