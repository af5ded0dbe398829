import { brief, quick } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { startScenario } from './scenarios/start-scenario.js'

const start = (way: string, options: object = quick) =>
  startScenario('web-sockets', { options: { ...options }, env: { WAY: way } })

const upgrade = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version': '13',
}

describe.concurrent('a WebSocket server', { timeout: 120_000 }, () => {
  for (const way of ['server', 'reverse', 'noServer', 'untracked', 'port', 'draining', 'closing']) {
    test(`is drained in the mode "${way}"`, async () => {
      await using server = await start(way, { ...quick, shutdownDelay: 1500 })
      const old = await server.webSocket()
      await old.echoes('old')
      server.signal()
      await server.draining()
      const late = await server.webSocket()
      await late.echoes('late')
      expect(await Promise.all([old.closed, late.closed])).toMatchObject([{ code: 1001 }, { code: 1001 }])
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 0, report: { clean: true, connections: { websocket: 2 } } })
      expect(exit.ownMs).toBeLessThan(3500)
    })
  }

  for (const way of ['later', 'bothLater']) {
    test(`is drained with the clients that were there before it was attached (${way})`, async () => {
      await using server = await start(way)
      const client = await server.webSocket()
      await server.line('attached')
      server.signal()
      expect(await client.closed).toMatchObject({ code: 1001 })
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 0, report: { clean: true, connections: { websocket: 1 } } })
      expect(exit.ownMs).toBeLessThan(2500)
    })
  }

  test('with a port of its own answers probes on it, and the port is closed', async () => {
    await using server = await start('port', { ...quick, shutdownDelay: 800 })
    const client = await server.connect()
    expect(await client.get('/readyz')).toMatchObject({ status: 200 })
    expect(await client.get('/else')).toMatchObject({ status: 426 })
    server.signal()
    await server.draining()
    expect(await client.get('/readyz')).toMatchObject({ status: 503 })
    await server.refusing()
    expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
  })

  test('that nobody attached is left alone: no frame is written, FIN at the cutoff, and it counts as cut', async () => {
    await using server = await start('nobody', brief)
    const client = await server.connect()
    void client.request('GET', '/ws', { headers: upgrade })
    await client.receives('hello')
    const before = client.socket.bytesRead
    server.signal()
    expect(await client.closed).toBe('fin')
    expect(client.socket.bytesRead).toBe(before)
    const exit = await server.exited()
    expect(exit).toMatchObject({ code: 1, report: { clean: false } })
    expect(exit.report.cut).toEqual([expect.objectContaining({ kind: 'upgraded', path: '/ws' })])
    expect(exit.ms).toBeGreaterThan(brief.gracePeriod - 2000)
  })

  test("whose application closes on the signal keeps the application's code", async () => {
    await using server = await start('ownGoodbye')
    const client = await server.webSocket()
    server.signal()
    expect(await client.closed).toMatchObject({ code: 4000, reason: 'moved' })
    expect(await server.exited()).toMatchObject({ code: 0, report: { connections: { websocket: 1 } } })
  })

  test('whose application goes on sending is not held by a client that never answers', async () => {
    await using server = await start('broadcast')
    const client = await server.connect()
    void client.request('GET', '/ws', { headers: upgrade })
    await client.receives('news')
    server.signal()
    await client.receives('Going Away')
    const exit = await server.exited()
    expect(exit).toMatchObject({ code: 0, report: { clean: true, connections: { websocket: 1 } } })
    expect(exit.ownMs).toBeLessThan(quick.shutdownDelay + 2500)
    expect(exit.stderr).not.toMatch(/ERR_|uncaught/i)
  })
})

describe('many WebSockets', () => {
  test('1000 are told to go one after the other; none is reset, and the event loop is free', {
    timeout: 180_000,
  }, async () => {
    const count = 1000
    const options = quick
    await using server = await startScenario('web-sockets', { options, env: { WAY: 'server' } })
    const clients = await Promise.all(Array.from({ length: count }, () => server.webSocket()))
    server.signal()
    const endings = await Promise.all(clients.map(({ closed }) => closed))
    expect(new Set(endings.map(({ code }) => code))).toEqual(new Set([1001]))
    const exit = await server.exited()
    expect(exit).toMatchObject({ code: 0, report: { clean: true, connections: { websocket: count } } })

    expect(server.said('blocked')[0]).toBeLessThan(50)
  })
})
