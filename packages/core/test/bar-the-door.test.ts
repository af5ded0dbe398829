import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { barTheDoor, canBeBarred } from '../src/http/bar-the-door.js'

const open: (Server | Socket)[] = []
afterEach(() => {
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
      expect(await barTheDoor(server, 0)).toBe(true)
      const late = await knock(server)
      server.close()
      const [error] = await once(late, 'error')
      expect(error).toMatchObject({ code: 'ECONNREFUSED' })
    },
  )

  test('is not barred while somebody waits in the queue, who is then served', async () => {
    const server = await listen('127.0.0.1')
    const waiting = await knock(server)
    expect(await barTheDoor(server, 0)).toBe(false)
    expect(String(...(await once(waiting, 'data')))).toBe('served')
  })

  test('that could not be barred has room for many again', async () => {
    const server = await listen('127.0.0.1')
    await knock(server)
    await barTheDoor(server, 0)
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
})
