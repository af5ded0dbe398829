import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ForkedServer, quick, type RawClient } from '@lameduck/conformance'
import { io, type Socket } from 'socket.io-client'
import { describe, expect, test } from 'vitest'
import { startScenario } from './scenarios/start-scenario.js'

const start = (attach: string, options: object = quick) =>
  startScenario('socket-io', { options: { ...options }, env: { ATTACH: attach } })

/** Time enough to connect in. */
const shutdownDelay = 2000

interface Client extends Disposable {
  readonly socket: Socket
  /** Everything that happened, in order. */
  readonly events: string[]
  readonly disconnected: Promise<string>
  readonly reconnected: Promise<void>
}

/** A client that goes to `next` when it has to connect anew, as behind a balancer. */
async function connect(server: ForkedServer, transports: string[], next = server): Promise<Client> {
  const urlOf = ({ port }: ForkedServer) => `http://127.0.0.1:${port}`
  const socket = io(urlOf(server), { transports, forceNew: true, reconnectionDelay: 50 })
  const events: string[] = []
  socket.on('goodbye', () => events.push('goodbye'))
  const disconnected = new Promise<string>((resolve) => {
    socket.on('disconnect', (reason) => {
      events.push(reason)
      Object.assign(socket.io, { uri: urlOf(next) })
      resolve(reason)
    })
  })
  await new Promise<void>((resolve) => socket.once('connect', resolve))
  const reconnected = new Promise<void>((resolve) => socket.once('connect', resolve))
  return {
    socket,
    events,
    disconnected,
    reconnected,
    [Symbol.dispose]: () => void socket.disconnect(),
  }
}

/** Connects by polling, by hand; returns the path of the session. */
async function handshake(client: RawClient): Promise<string> {
  const path = '/socket.io/?EIO=4&transport=polling'
  const { text } = await client.get(path)
  const { sid } = JSON.parse(text.slice(1)) as { sid: string }
  return `${path}&sid=${sid}`
}

const echo = ({ socket }: Client, text: string) => socket.timeout(5000).emitWithAck('echo', text)

describe.concurrent('a Socket.IO server', { timeout: 120_000 }, () => {
  for (const attach of ['io', 'engine']) {
    for (const transport of ['websocket', 'polling']) {
      test(`closes its clients on ${transport}, and they connect anew by themselves (attached: ${attach})`, async () => {
        await using replica = await start('io')
        await using server = await start(attach, { ...quick, shutdownDelay })
        using old = await connect(server, [transport], replica)
        server.signal()
        await server.draining()
        expect(await echo(old, 'in the window')).toBe('in the window')
        using late = await connect(server, [transport], replica)
        expect(await echo(late, 'too')).toBe('too')
        expect(await old.disconnected).toBe('transport close')
        expect(await late.disconnected).toBe('transport close')
        expect(server.sinceSignal()).toBeGreaterThan(shutdownDelay - 50)
        await Promise.all([old.reconnected, late.reconnected])
        expect(await echo(old, 'again')).toBe('again')
        expect(old.events).toEqual(['goodbye', 'transport close'])
        const exit = await server.exited()
        const kind = transport === 'polling' ? 'long-polling' : 'websocket'
        expect(exit).toMatchObject({ code: 0, report: { clean: true, connections: { [kind]: 2 } } })
        if (transport === 'websocket') expect(exit.report.connections).toEqual({ websocket: 2 })
        expect(exit.ownMs).toBeLessThan(shutdownDelay + 2500)
        expect(server.said('disconnected')).toEqual(['forced close', 'forced close'])
      })
    }
  }

  test('closes a client that has gone over from polling to a WebSocket with 1001', async () => {
    await using server = await start('later')
    using client = await connect(server, ['polling', 'websocket'])
    const { engine } = client.socket.io
    if (engine.transport.name !== 'websocket') await once(engine as never, 'upgrade')
    const closed = new Promise((resolve) => {
      engine.on('close', (_reason, description) => resolve(description))
    })
    server.signal()
    expect(await closed).toMatchObject({ context: { code: 1001 } })
    expect((await server.exited()).report).toMatchObject({ clean: true, connections: { websocket: 1 } })
  })

  for (const [transport, size] of [
    ['websocket', 2 ** 20],
    ['polling', 1000],
  ] as const) {
    test(`sends on ${transport} what was emitted before`, async () => {
      await using server = await start('io', { ...quick, shutdownDelay })
      using client = await connect(server, [transport])
      const parts: number[] = []
      client.socket.on('part', (number: number) => parts.push(number))
      client.socket.emit('big', 20, size)
      await server.line('sent')
      server.signal()
      await client.disconnected
      expect(parts).toEqual(Array.from({ length: 20 }, (_, number) => number))
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
    })
  }

  test('takes a message whole that a client is sending when the window is over', async () => {
    await using server = await start('io')
    const client = await server.connect()
    const path = await handshake(client)
    void client.request('POST', path, { headers: { 'Content-Length': '2' } })
    await client.send('4')
    await sleep(100)
    server.signal()
    await server.refusing()
    await sleep(500)
    await client.send('0')
    expect(await client.response()).toMatchObject({ status: 200, text: 'ok' })
    expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
  })

  test('is not held by a client that polls no more', async () => {
    await using server = await start('io')
    const client = await server.connect()
    const path = await handshake(client)
    expect(await client.ask('POST', path, { body: '40' })).toMatchObject({ status: 200 })
    await sleep(50)
    server.signal()
    const exit = await server.exited()
    expect(exit).toMatchObject({ code: 0, report: { clean: true, connections: { 'long-polling': 1 } } })
    expect(exit.ownMs).toBeLessThan(quick.shutdownDelay + 2500)
  })
})
