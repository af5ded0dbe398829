import { setTimeout as sleep } from 'node:timers/promises'
import { brief, quick } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { startScenario } from './scenarios/start-scenario.js'

const start = (work: string, options: Record<string, unknown> = {}) =>
  startScenario('aborted-work', {
    options: { ...quick, ...options },
    env: { WORK: work },
  })

/** Work that the signal ends and nobody waits for. */
const ours = [
  'ticks',
  'any',
  'events',
  'pipeline',
  'fetch',
  'thrown',
  'wrapped',
  'all',
  'AbortError',
  'CanceledError',
  'derived',
]

describe.concurrent('an error that nobody catches', { timeout: 60_000 }, () => {
  for (const work of ours) {
    for (const crash of work === 'ticks' ? (['drain', false] as const) : (['drain'] as const)) {
      test(`is no crash if lifecycle.signal has made it: ${work}, crash: ${crash}`, async () => {
        await using server = await start(work, { crash })
        const client = await server.connect()
        await sleep(200)
        const slow = client.get('/slow?ms=1000')
        await sleep(50)
        server.signal()
        expect(await slow).toMatchObject({ status: 200, text: 'slow' })
        const exit = await server.exited()
        expect(exit).toMatchObject({ code: 0, report: { reason: 'SIGTERM', exitCode: 0, clean: true } })
        expect(exit.stderr).toContain('it is no crash')
      })
    }
  }

  test('is none either if lifecycle.cutoff has made it', async () => {
    await using server = await start('cutoff', { ...brief, forcedExitCode: 5 })
    const client = await server.connect()
    void client.request('GET', '/hang')
    await server.line('hanging')
    server.signal()
    const exit = await server.exited()
    expect(exit).toMatchObject({ code: 5, report: { reason: 'SIGTERM', exitCode: 5 } })
    expect(exit.stderr).toContain('it is no crash')
  })

  test('is one if somebody else has aborted it', async () => {
    await using server = await start('foreign')
    expect(await server.exited()).toMatchObject({ code: 1, report: { reason: 'crash' } })
  })

  for (const work of ['foreignAfterOurs', 'plain', 'hostile']) {
    test(`is one while draining, if the signal has not made it: ${work}`, async () => {
      await using server = await start(work)
      const client = await server.connect()
      await sleep(200)
      const slow = client.get('/slow?ms=1000')
      await sleep(50)
      server.signal()
      expect(await slow).toMatchObject({ status: 200, text: 'slow' })
      expect(await server.exited()).toMatchObject({ code: 1, report: { reason: 'SIGTERM', exitCode: 1 } })
    })
  }
})
