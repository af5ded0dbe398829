import { brief, ForkedServer } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { CallClient } from './call-client.js'
import { nodeArguments, startScenario } from './scenarios/start-scenario.js'

interface Line {
  readonly level: string
  readonly msg: string
  readonly err?: { readonly message: string }
}

/** What the console has got. */
const consoleLines = (text: string): Line[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{"time"'))
    .map((line) => JSON.parse(line) as Line)

/** A platform that nothing is warned about. */
const options = { ...brief, platform: 'docker' }
const failedTask = { level: 'error', msg: expect.stringMatching(/^startup: "migrate" failed/) }
const script = new URL('scenarios/unlogged.mjs', import.meta.url)

for (const nest of [11, 12] as const) {
  describe.concurrent(`Nest ${nest}`, { timeout: 120_000 }, () => {
    for (const [name, logger, calls] of [
      ['logger: false', false, ''],
      ['no level', [], ''],
      ['logger: false, serving gRPC', false, 'yes'],
    ] as const) {
      const env = { NEST_OPTIONS: JSON.stringify({ logger }), CALLS: calls }

      test(`${name}: a startup task that fails is on the console, and nothing else`, async () => {
        await using server = new ForkedServer(script, {
          options,
          env: { ...env, FAULT: 'startup', NEST: String(nest) },
          nodeArguments,
        })
        expect(await server.exited()).toMatchObject({ code: 1, stdout: '' })
        expect(consoleLines(server.stderr)).toMatchObject([
          { ...failedTask, err: { message: 'no database' } },
        ])
      })

      test(`${name}: the cutoff, and a hook that fails, are on the console; steps are not`, async () => {
        await using server = await startScenario('unlogged', { nest, options, env })
        using client = calls ? new CallClient(server.said('grpc')[0] as number) : undefined
        const answer = client ? client.answer().catch(() => {}) : (await server.connect()).get('/hang')
        await server.line('hanging')
        server.signal()
        await server.exited()
        await answer
        const lines = consoleLines(server.stderr)
        const what = calls ? 'call /work.Work/Answer' : 'GET /hang'
        expect(lines.map(({ level, msg }) => `${level} ${msg.replaceAll(/\d+ ms/g, 'n ms')}`)).toEqual([
          `warn cutoff after n ms, 1 ${calls ? 'call' : 'request'} unfinished: ${what} after n ms`,
          'error hook "pool" failed after n ms',
          `error stopped after n ms, 1 thing cut (${what} after n ms), 1 hook failed ("pool"), exit code 1`,
        ])
        expect(server.output).not.toContain('[Nest]')
      })
    }

    test('what is still buffered (bufferLogs) is printed when the process ends', async () => {
      await using server = new ForkedServer(script, {
        options,
        env: { NEST_OPTIONS: '{"bufferLogs":true}', CALLS: 'yes', FAULT: 'startup', NEST: String(nest) },
        nodeArguments,
      })
      expect((await server.exited()).code).toBe(1)
      expect(server.output).toContain('startup: "migrate" failed')
      expect(server.output).toContain('no database')
    })
  })
}
