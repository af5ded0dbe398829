import { brief, quick } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { Broker } from './broker.js'
import { startScenario } from './scenarios/start-scenario.js'

const clean = { code: 0, signal: null, report: { clean: true, cut: [] } }

const start = (broker: Broker, nest: 11 | 12, options: object, env: Record<string, string> = {}) =>
  startScenario('broker', { nest, options: { ...options }, env: { ...env, BROKER: String(broker.port) } })

for (const nest of [11, 12] as const) {
  describe.concurrent(`messages of a broker on Nest ${nest}`, { timeout: 120_000 }, () => {
    for (const env of [{ ALONE: 'yes' }, {}, { SHUTDOWN_HOOKS: 'kill' }] as Record<string, string>[]) {
      test(`are answered before the service leaves it: ${JSON.stringify(env)}`, async () => {
        using broker = await Broker.start()
        // A broker is no listener: whoever has nothing else needs no window.
        const options = { ...quick, shutdownDelay: env['ALONE'] ? 4000 : 300 }
        await using server = await start(broker, nest, options, env)
        expect(server.said('joined')).toEqual(['starting'])
        await expect(broker.ask('fail', 0)).rejects.toThrow()
        const sum = broker.ask('add', [1200, 1])
        const counted = broker.ask('count', { every: 250, times: 5 })
        broker.tell('note', 1100)
        await server.until(() => server.said('heard').length === 3, 5000, 'not all were heard')
        server.signal()
        await server.draining()
        expect(await broker.ask('add', [2, 2])).toEqual([4])
        expect(await sum).toEqual([1201])
        expect(await counted).toEqual([1, 2, 3, 4, 5])
        await broker.left
        const exit = await server.exited()
        expect(exit).toMatchObject(clean)
        expect(exit.ownMs).toBeLessThan(3500)
        const events = server.said('event')
        expect(events.slice(0, -2).sort()).toEqual(['added', 'added', 'noted'])
        expect(events.slice(-2).sort()).toEqual(['destroyed', 'left the broker'])
      })
    }

    test('that are not answered by the cutoff are named', async () => {
      using broker = await Broker.start()
      await using server = await start(broker, nest, brief, { ALONE: 'yes' })
      const sum = broker.ask('add', [20_000])
      await server.line('heard')
      server.signal()
      await expect(sum).rejects.toThrow('left before')
      const { code, ownMs, report } = await server.exited()
      expect(code).toBe(1)
      expect(ownMs).toBeLessThan(brief.gracePeriod)
      expect(report.cut).toMatchObject([{ kind: 'message', path: 'add' }])
    })
  })
}
