import { setTimeout as sleep } from 'node:timers/promises'
import { quick, startScript } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { startScenario } from './start-scenario.js'

const collect = () => startScript(new URL('scenarios/collector.mjs', import.meta.url))

const beside = (reporter: string, port: number) =>
  startScenario('reported', {
    options: quick,
    env: { REPORTER: reporter, COLLECTOR: `127.0.0.1:${port}` },
  })

describe.concurrent('beside', () => {
  for (const reporter of ['sentry', 'bugsnag', 'honeybadger', 'posthog']) {
    test(`${reporter}, a crash is reported, and ends the process when what was in flight is answered`, async () => {
      await using collector = await collect()
      await using server = await beside(reporter, collector.port)
      const [client, thrower] = [await server.connect(), await server.connect()]
      const slow = client.get('/slow?ms=1500')
      await sleep(50)
      await thrower.get('/throw?id=it')
      expect(await slow).toMatchObject({ status: 200, text: 'slow' })
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 1, report: { reason: 'crash', exitCode: 1 } })
      expect(exit.stdout + exit.stderr).toContain('thrown on purpose it')
      const reports = () =>
        collector.said('whole').filter((text) => String(text).includes('thrown on purpose it'))
      await collector.until(() => reports().length > 0, 30_000, 'no report')
      expect(reports()).toHaveLength(1)
    })
  }

  test('sentry, what it still holds at the end is sent', async () => {
    await using collector = await collect()
    await using server = await beside('sentry', collector.port)
    server.signal()
    expect(await server.exited()).toMatchObject({ code: 0, report: { reason: 'SIGTERM' } })
    await collector.until(
      () => collector.stdout.includes('held until the end'),
      30_000,
      'nothing of the last words',
    )
  })
})
