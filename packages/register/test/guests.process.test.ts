import { startScript } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { drains, logged, startHost } from './drained.js'

describe.concurrent('what a host does to Node is its own business', () => {
  test('WebSockets are told to go, whoever has their server', async () => {
    await using server = await startHost('web-sockets.mjs')
    const [tracked, byHand] = [await server.webSocket('/tracked'), await server.webSocket('/')]
    server.signal()
    await server.until(() => server.stderr.includes('"step":"draining"'), 60_000, 'the signal is not heard')
    const late = await server.webSocket('/tracked')
    for (const client of [tracked, byHand, late]) await client.echoes('still here')
    const endings = await Promise.all([tracked.closed, byHand.closed, late.closed])
    expect(endings).toMatchObject([{ code: 1001 }, { code: 1001 }, { code: 1001 }])
    expect(await server.exited()).toMatchObject({ code: 0, signal: null })
    expect(server.said('closed')).toEqual([true])
    const report = { clean: true, cut: [], connections: { websocket: 3 } }
    expect(logged(server).at(-1)).toMatchObject({ step: 'stopped', report })
    expect(server.stderr).not.toContain('"level":"error"')
  })

  test('servers that have closed are forgotten', async () => {
    await using server = await startScript(new URL('applications/many-servers.mjs', import.meta.url), {
      nodeArguments: ['--expose-gc', '--import', '@lameduck/register'],
      env: { LAMEDUCK_LOGGER: 'false' },
    })
    expect((await server.line('left'))['left']).toBeLessThan(3)
  })

  test('the host has taken setImmediate away before it listens', async () => {
    await using server = await startHost('changes-globals.mjs', { env: { WAY: 'setImmediate' } })
    await drains(server)
  })

  for (const way of ['process', 'address']) {
    test(`what cannot be drained because the host has changed it (${way}) is served on, and one line says so`, async () => {
      const script = new URL('hosts/changes-globals.mjs', import.meta.url)
      const nodeArguments = ['--import', '@lameduck/register']
      const env = { WAY: way, LAMEDUCK_LOGGER: 'false', LAMEDUCK_PLATFORM: 'terminal' }
      await using server = await startScript(script, { nodeArguments, env })
      await server.until(() => server.stderr.includes('lameduck: '), 60_000, 'nothing is said')
      const client = await server.connect()
      expect(await client.get('/quick')).toMatchObject({ status: 200 })
      client.destroy()
      server.signal()
      expect(await server.exited()).toMatchObject({ code: 0, signal: null })
      expect(server.said('closed')).toEqual([true])
      expect(server.stderr.trim().split('\n')).toHaveLength(1)
    })
  }
})
