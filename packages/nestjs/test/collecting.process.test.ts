import { quick } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { startScenario } from './scenarios/start-scenario.js'

describe.each([11, 12] as const)(
  'applications of Nest %i that nobody holds',
  { timeout: 120_000 },
  (nest) => {
    test('are collected, but for those that serve or have hooks: a signal drains them', async () => {
      await using server = await startScenario('dropped-apps', {
        nest,
        options: quick,
        nodeArguments: ['--expose-gc'],
      })
      const { hooked, context, ...dropped } = (await server.line('kept'))['kept'] as Record<string, number>
      for (const [kind, count] of Object.entries(dropped)) expect(count, kind).toBeLessThan(10)
      expect({ hooked, context }).toEqual({ hooked: 3, context: 3 })
      const client = await server.connect()
      const answer = client.get('/orders/slow')
      await server.line('handling')
      server.signal()
      expect(await answer).toMatchObject({ status: 200, text: 'slow', headers: { connection: 'close' } })
      expect((await server.exited()).code).toBe(0)
      expect(server.said('destroyed')).toHaveLength(6)
    })
  },
)
