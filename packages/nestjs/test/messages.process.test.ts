import { quick } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { MessageClient } from './message-client.js'
import { startScenario } from './scenarios/start-scenario.js'

for (const nest of [11, 12] as const) {
  describe.concurrent(`messages on Nest ${nest}`, { timeout: 120_000 }, () => {
    for (const platform of ['express', 'fastify']) {
      test(`drain side by side with HTTP: ${platform}`, async () => {
        await using server = await startScenario('messages', {
          nest,
          options: quick,
          env: { PLATFORM: platform, SHUTDOWN_HOOKS: 'kill' },
        })
        const port = (await server.line('tcp'))['tcp'] as number
        using client = new MessageClient(port)
        using idle = new MessageClient(port)
        const http = (await server.connect()).get('/slow?ms=1500')
        const sum = client.ask('add', [4000, 1])
        const counted = client.ask('count', { every: 300, times: 5 })
        client.tell('note', 1400)
        await server.until(() => server.said('heard').length === 3, 5000, 'not all were heard')
        server.signal()
        await server.draining()
        // In the window, newcomers are served on both.
        using newcomer = new MessageClient(port)
        expect(await newcomer.ask('add', [1, 2])).toEqual([3])
        await server.refusing()
        using refused = new MessageClient(port)
        await refused.closed
        expect(await client.ask('add', [2, 2])).toEqual([4])
        expect(await http).toMatchObject({ status: 200 })
        expect(await sum).toEqual([4001])
        expect(await counted).toEqual([1, 2, 3, 4, 5])
        await idle.closed
        const exit = await server.exited()
        expect(exit).toMatchObject({ code: 0, signal: null, report: { clean: true } })
        expect(exit.ownMs).toBeLessThan(6000)
        expect(server.said('event').slice(-1)).toEqual(['destroyed'])
        expect(server.said('event')).toEqual(expect.arrayContaining(['noted', 'answered']))
      })
    }

    test('that are not answered by the cutoff are cut, and named', async () => {
      await using server = await startScenario('messages', { nest, options: { ...quick, gracePeriod: 3000 } })
      using client = new MessageClient((await server.line('tcp'))['tcp'] as number)
      const sum = client.ask('add', [20_000])
      await server.line('heard')
      server.signal()
      await expect(sum).rejects.toThrow('left before')
      expect(await server.exited()).toMatchObject({
        code: 1,
        report: { clean: false, cut: [{ kind: 'message', path: 'add' }] },
      })
      expect(server.said('event')).toEqual(['destroyed'])
    })

    test('of a microservice alone: ready when it listens, drained on a signal', async () => {
      await using server = await startScenario('messages', {
        nest,
        options: quick,
        env: { ALONE: 'yes', SHUTDOWN_HOOKS: 'yes' },
      })
      expect(server.said('before')).toEqual(['starting'])
      using client = new MessageClient(server.port)
      const sum = client.ask('add', [1200])
      await server.line('heard')
      server.signal()
      expect(await sum).toEqual([1200])
      expect(await server.exited()).toMatchObject({ code: 0, signal: null, report: { clean: true } })
      expect(server.said('event')).toEqual(['added', 'destroyed'])
    })

    test('that are answered without an end hold no drain when their client has gone, before it or in it', async () => {
      await using server = await startScenario('messages', { nest, options: quick, env: { ALONE: 'yes' } })
      const clients = [new MessageClient(server.port), new MessageClient(server.port)]
      for (const client of clients) void client.ask('count', { every: 20, times: 1_000_000 }).catch(() => {})
      await server.until(() => server.said('heard').length === 2, 60_000, 'not heard')
      clients[0]?.[Symbol.dispose]()
      server.signal()
      await server.draining()
      clients[1]?.[Symbol.dispose]()
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
    })

    test('of a microservice that its application closes are answered first', async () => {
      await using server = await startScenario('messages', { nest, options: quick, env: { ALONE: 'yes' } })
      using client = new MessageClient(server.port)
      const sum = client.ask('add', [900])
      await server.line('heard')
      server.signal('SIGWINCH')
      expect(await sum).toEqual([900])
      expect(await server.line('closed')).toEqual({ closed: 'stopped' })
      expect(server.said('event')).toEqual(['added', 'destroyed'])
    })
  })

  describe.concurrent(`an application context on Nest ${nest}`, { timeout: 120_000 }, () => {
    for (const hooks of ['', 'yes']) {
      test(`is ready after init, waits for holds and has no window, shutdown hooks: ${hooks || 'no'}`, async () => {
        const options = { ...quick, shutdownDelay: 4000 }
        await using server = await startScenario('context', { nest, options, env: { SHUTDOWN_HOOKS: hooks } })
        expect(server.said('ready')).toEqual(['ready'])
        expect(server.said('state')).toEqual(['starting'])
        server.signal()
        const exit = await server.exited()
        expect(exit).toMatchObject({ code: 0, signal: null, report: { clean: true } })
        expect(exit.ms).toBeGreaterThan(650)
        expect(exit.ownMs).toBeLessThan(3500)
        expect(server.said('event')).toEqual(['bootstrapped', 'done', 'destroyed', 'shut down'])
      })
    }
  })
}
