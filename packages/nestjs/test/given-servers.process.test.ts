import { setTimeout as sleep } from 'node:timers/promises'
import { quick, RawClient } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { startScenario } from './scenarios/start-scenario.js'

describe.concurrent('an application that is initialised and given servers', { timeout: 120_000 }, () => {
  for (const nest of [11, 12] as const) {
    test(`is drained on all of them: Nest ${nest}`, async () => {
      await using server = await startScenario('given-servers', { nest, options: quick })
      expect(server.said('after')).toEqual(['ready'])
      const port = (await server.line('secure'))['secure'] as number
      const secure = server.adopt(await RawClient.connect({ port, protocol: 'https' }))
      const plain = await server.connect()
      expect((await secure.get('/readyz')).status).toBe(200)
      expect((await plain.get('/readyz')).status).toBe(200)
      const slow = [secure, plain].map((client) => client.get('/slow?ms=1200'))
      await sleep(100)
      server.signal()
      await server.refusing()
      for (const answer of slow) {
        expect(await answer).toMatchObject({ status: 200, text: 'slow', headers: { connection: 'close' } })
      }
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
      expect(server.said('event')).toEqual(['answered', 'answered', 'destroyed'])
    })
  }
})
