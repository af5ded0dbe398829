import { fileURLToPath } from 'node:url'
import { type RehearsalReport, rehearse } from '@lameduck/rehearse'
import { expect, test } from 'vitest'

/** A roll-out as `npm run rehearse` has it, but shorter. */
function rollOut(script: string): Promise<RehearsalReport> {
  return rehearse({
    command: [process.execPath, fileURLToPath(new URL(`../dist/${script}.js`, import.meta.url))],
    mix: fileURLToPath(new URL('../traffic.yaml', import.meta.url)),
    ready: 'grpc:readiness',
    live: 'grpc:liveness',
    replicas: 2,
    rps: 100,
    propagation: 500,
    grace: 10,
    probePeriod: 0.2,
  })
}

test('a roll-out loses no call, unary or streaming', { timeout: 120_000 }, async () => {
  const { reasons, totals, replicas } = await rollOut('main')
  expect(reasons).toEqual([])
  expect(totals.requests).toBeGreaterThan(200)
  expect(replicas.slice(0, 2).map(({ exitCode, rollout }) => [rollout, exitCode])).toEqual([
    [0, 0],
    [0, 0],
  ])
})

test('without lameduck the same roll-out does not pass', { timeout: 120_000 }, async () => {
  const { passed, totals } = await rollOut('plain')
  expect(passed).toBe(false)
  expect(totals.lost + totals.refused).toBeGreaterThan(0)
})
