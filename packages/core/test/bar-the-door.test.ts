import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../src/clock.js'
import { createArrivals } from '../src/http/arrivals.js'
import { barTheDoor, canBeBarred } from '../src/http/bar-the-door.js'
import { acceptQuietly } from '../src/http/quiet-accept.js'

const open: (Server | Socket)[] = []
afterEach(() => {
  vi.restoreAllMocks()
  for (const each of open.splice(0)) 'destroy' in each ? each.destroy() : each.close()
})

async function listen(host: string): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => {}).end('served'))
  open.push(server)
  server.listen(0, host)
  await once(server, 'listening')
  return server
}

/** In the kernel's queue when this resolves, if it lets anybody in; the event loop has not turned by then. */
async function knock(server: Server): Promise<Socket> {
  const { port, family } = server.address() as AddressInfo
  const client = connect({ port, host: family === 'IPv6' ? '::1' : '127.0.0.1' })
  open.push(client)
  await new Promise<void>((resolve) => process.nextTick(resolve))
  return client
}

if (process.platform !== 'linux') console.log('skipped: only Linux has a door that can be barred')

describe.skipIf(process.platform !== 'linux')('the door', () => {
  test.each(['127.0.0.1', '0.0.0.0'])(
    'is barred on %s: whoever comes before the listener closes is refused, not reset',
    async (host) => {
      const server = await listen(host)
      expect(canBeBarred(server)).toBe(true)
      expect(await barTheDoor(server, { host: '127.0.0.1' })).toBe('barred')
      const late = await knock(server)
      server.close()
      const [error] = await once(late, 'error')
      expect(error).toMatchObject({ code: 'ECONNREFUSED' })
    },
  )

  test('is not barred while somebody waits in the queue, who is then served', async () => {
    const server = await listen('127.0.0.1')
    const waiting = await knock(server)
    expect(await barTheDoor(server, { host: '127.0.0.1' })).toBe('occupied')
    expect(String(...(await once(waiting, 'data')))).toBe('served')
  })

  test('that could not be barred has room for many again', async () => {
    const server = await listen('127.0.0.1')
    await knock(server)
    await barTheDoor(server, { host: '127.0.0.1' })
    const served = Promise.all(
      Array.from({ length: 20 }, async () => String(...(await once(await knock(server), 'data')))),
    )
    // Whoever finds no room tries again after a second.
    const tooLate = sleep(900, 'too late', { ref: false })
    expect(await Promise.race([served, tooLate])).toEqual(Array(20).fill('served'))
  })

  test('that somebody else made is left alone', async () => {
    const server = await listen('127.0.0.1')
    const handed = createServer().listen(server)
    open.push(handed)
    expect(canBeBarred(handed)).toBe(false)
  })

  interface Handle {
    connect(): number
    bind(address: string, port: number): number
  }
  type Guest = Socket & { _handle: Handle }
  const { TCP } = (
    process as unknown as { binding(name: string): { TCP: new (type: number) => Handle } }
  ).binding('tcp_wrap')

  /** How others keep connections from the kernel: their handle does nothing, has only an address, or they do not begin at all. */
  const interceptions: [string, (socket: Guest) => void][] = [
    ['by a handle that does not connect', (socket) => Object.assign(socket, { _handle: idle() })],
    [
      'by a handle that has an address and does not connect',
      (socket) => {
        const handle = idle()
        handle.bind('127.0.0.1', 0)
        Object.assign(socket, { _handle: handle })
      },
    ],
  ]
  const idle = () => Object.assign(new TCP(0), { connect: () => 0 })

  /** Intercepts every connection from now on; counts them. */
  function intercept(how: (socket: Guest) => unknown) {
    const { connect: original } = Socket.prototype
    return vi.spyOn(Socket.prototype, 'connect').mockImplementation(function (
      this: Socket,
      ...args: never[]
    ) {
      how(this as Guest)
      return Reflect.apply(original, this, args)
    } as typeof original)
  }

  const closing = (server: Server) => acceptQuietly(systemClock, createArrivals(systemClock), server)

  test.each(interceptions)('is given up where connections are kept from it %s', async (_how, change) => {
    const server = await listen('127.0.0.1')
    const spy = intercept(change)
    await closing(server)
    // Two connections an attempt, and one attempt for each family of addresses.
    expect(spy.mock.calls.length).toBeLessThanOrEqual(4)
  })

  test('is given up where connections do not begin, or are refused with an exception', async () => {
    const server = await listen('127.0.0.1')
    const { connect: original } = Socket.prototype
    vi.spyOn(Socket.prototype, 'connect').mockReturnThis()
    expect(await barTheDoor(server, { host: '127.0.0.1' })).toBe('unseen')
    vi.spyOn(Socket.prototype, 'connect').mockImplementation(() => {
      throw new Error('no network in tests')
    })
    expect(await barTheDoor(server, { host: '127.0.0.1' })).toBe('unseen')
    Socket.prototype.connect = original
    expect(String(...(await once(await knock(server), 'data')))).toBe('served')
  })
})
