import { brief, ForkedServer } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { startScenario } from './scenarios/start-scenario.js'

/** A platform that nothing is warned about. */
const options = { ...brief, platform: 'docker' }

/** What the console has got. */
const consoleLines = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{"time"'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)

for (const given of ['{}', '{"logger":false}', '{"logger":{"level":"silent"}}']) {
  const isChosen = given.includes('level')

  describe.concurrent(`Fastify(${given})`, { timeout: 120_000 }, () => {
    test(`a startup task that fails is ${isChosen ? 'on no' : 'on the'} console, and nothing else`, async () => {
      await using server = new ForkedServer(new URL('scenarios/unlogged.mjs', import.meta.url), {
        options,
        env: { FASTIFY_OPTIONS: given, FAULT: 'startup' },
      })
      expect(await server.exited()).toMatchObject({ code: 1, stdout: '' })
      const line = {
        level: 'error',
        msg: expect.stringMatching(/^startup: "migrate" failed/),
        err: { message: 'no database' },
      }
      expect(consoleLines(server.stderr)).toMatchObject(isChosen ? [] : [line])
    })

    test(`the cutoff, and a hook that fails, are ${isChosen ? 'on no' : 'on the'} console; steps are not`, async () => {
      await using server = await startScenario('unlogged', { options, env: { FASTIFY_OPTIONS: given } })
      const answer = (await server.connect()).get('/hang')
      await server.line('hanging')
      server.signal()
      expect((await server.exited()).code).toBe(1)
      await answer
      const lines = consoleLines(server.stderr).map(
        ({ level, msg }) => `${level} ${String(msg).replaceAll(/\d+ ms/g, 'n ms')}`,
      )
      const expected = [
        'warn cutoff after n ms, 1 request unfinished: GET /hang after n ms',
        'error hook "pool" failed after n ms',
        'error stopped after n ms, 1 thing cut (GET /hang after n ms), 1 hook failed ("pool"), exit code 1',
      ]
      expect(lines).toEqual(isChosen ? [] : expected)
    })
  })
}
