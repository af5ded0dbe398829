import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import type { RehearsalEvent } from '../src/events.js'
import { rehearse } from '../src/rehearse.js'
import type { ReplicaReport } from '../src/report.js'

const records = mkdtempSync(join(tmpdir(), 'rehearse-records-'))
afterAll(() => rmSync(records, { recursive: true }))
process.env['RECORDS'] = records

const command = (service: string) => [
  process.execPath,
  fileURLToPath(new URL(`services/${service}.mjs`, import.meta.url)),
]

/** What the service has written down about its end, and how many requests are in its journal. */
function recordOf({ address }: ReplicaReport) {
  const file = (end: string) => readFileSync(join(records, `${address.split(':')[1]}.${end}`), 'utf8')
  const record = JSON.parse(file('json')) as { gracePeriod: number; order: string[] }
  return { ...record, requests: file('journal').split('\n').length - 1 }
}

/** Milliseconds between two events of a replica, by their types. */
function timesOf(events: readonly { at: number; event: RehearsalEvent }[], replica: string) {
  const at = (type: RehearsalEvent['type']) =>
    events.find(({ event }) => event.type === type && 'replica' in event && event.replica === replica)?.at ??
    Number.NaN
  return (from: RehearsalEvent['type'], to: RehearsalEvent['type']) => at(to) - at(from)
}

describe('a roll-out of a service that keeps a journal', { timeout: 120_000 }, () => {
  // A fifth of what it is on Kubernetes: 30 s of grace, and a balancer that is told 0, 1 to 2 or 2.5 to 5 s late.
  for (const propagation of [0, 300, 667]) {
    test(`D-3: nothing is lost and onStop runs in order, with a balancer that is told ${propagation} ms late`, async () => {
      const report = await rehearse({
        command: command('keeps-a-journal'),
        grace: 6,
        rps: 100,
        // So many that no replica is left with hardly any, by chance.
        connections: 40,
        probePeriod: 0.2,
        post: '/entry',
        propagation,
      })
      expect(report.reasons).toEqual([])
      expect(report.totals).toMatchObject({ lost: 0, refused: 0 })
      const rolled = report.replicas.filter(({ rollout }) => rollout === 0)
      expect(rolled.map(({ exitCode, sigkill }) => ({ exitCode, sigkill }))).toEqual(
        rolled.map(() => ({ exitCode: 0, sigkill: false })),
      )
      expect(rolled).toHaveLength(3)
      for (const replica of rolled) {
        expect(recordOf(replica)).toEqual({
          gracePeriod: 6000,
          order: ['transactions, 0 open', 'flush', 'descriptors'],
          openRequests: 0,
          requests: replica.requests,
        })
        expect(replica.requests).toBeGreaterThan(20)
      }
    })
  }
})

describe('preStop', { timeout: 120_000 }, () => {
  const watched = async (service: string, options: object) => {
    const events: { at: number; event: RehearsalEvent }[] = []
    const report = await rehearse(
      {
        command: command(service),
        replicas: 1,
        rps: 50,
        connections: 5,
        propagation: 200,
        probePeriod: 0.2,
        ...options,
      },
      { observe: (event) => events.push({ at: performance.now(), event }) },
    )
    return { report, between: timesOf(events, 'r1') }
  }

  test('D-4c: sleeps before SIGTERM, and the budget of the drain is what it has left of the grace period', async () => {
    const { report, between } = await watched('keeps-a-journal', { grace: 6, preStop: 2 })
    expect(report.reasons).toEqual([])
    expect(between('replicaStopping', 'replicaSignalled')).toBeGreaterThan(1990)
    const [replica] = report.replicas
    if (replica === undefined) throw new Error('no replica')
    expect(replica).toMatchObject({ exitCode: 0, sigkill: false })
    expect(recordOf(replica)).toMatchObject({ gracePeriod: 4000, requests: replica.requests })
  })

  test('D-4c: SIGKILL comes when the grace period is over, counted from the start of preStop', async () => {
    const { report, between } = await watched('ignores-sigterm', {
      grace: 3,
      preStop: 2,
      ready: '/',
      live: '/',
    })
    expect(report.sigkills).toBe(1)
    expect(between('replicaStopping', 'replicaSignalled')).toBeGreaterThan(1990)
    expect(between('replicaStopping', 'replicaKilled')).toBeGreaterThan(2980)
    // Counted from SIGTERM, no machine could end it sooner than this.
    expect(between('replicaSignalled', 'replicaKilled')).toBeLessThan(2950)
  })
})
