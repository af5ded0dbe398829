import { describe, expect, test } from 'vitest'
import { isAlive, replicaPids, runRehearse } from './run-rehearse.js'

describe.concurrent('rehearse', { timeout: 120_000 }, () => {
  test('a service that drains passes, with POSTs too', async () => {
    const { code, output, report } = await runRehearse('good', '--post', '/upload')
    expect(report.reasons).toEqual([])
    expect(report.totals).toMatchObject({ lost: 0, refused: 0 })
    expect(report.totals.requests).toBeGreaterThan(200)
    expect(code).toBe(0)
    expect(report.replicas).toHaveLength(6)
    for (const replica of report.replicas.slice(0, 3)) {
      expect(replica).toMatchObject({ rollout: 0, exitCode: 0, sigkill: false, died: false })
      expect(replica.drainMs).toBeGreaterThan(2400)
    }
    expect(output).toContain('passed: nothing lost')
    for (const pid of replicaPids(output)) expect(isAlive(pid)).toBe(false)
  })

  test('a service that leaves at once loses requests, and the report says which and where', async () => {
    const { code, output, report } = await runRehearse('leaves-at-once', '--rps', '200')
    expect(code).toBe(1)
    expect(report.passed).toBe(false)
    expect(report.totals.lost).toBeGreaterThan(0)
    const causes = Object.keys(report.totals.lostByCause)
    expect(causes.every((cause) => cause === 'hang-up' || cause === 'reset')).toBe(true)
    const atOld = report.replicas
      .filter(({ rollout }) => rollout === 0)
      .reduce((sum, { lost }) => sum + lost, 0)
    expect(atOld).toBe(report.totals.lost)
    expect(report.failures[0]).toMatchObject({
      method: 'GET',
      path: '/',
      replica: expect.stringMatching(/^r[123]$/),
    })
    expect(output).toMatch(/failed: \d+ requests? (was|were) lost/)
  })

  test('refused requests that are sent again and answered do not fail the verdict', async () => {
    const { report } = await runRehearse('leaves-at-once', '--retry-refused', '--rps', '50')
    expect(report.reasons.join()).not.toContain('refused')
  })

  test('a replica that never gets ready fails, and what it wrote is shown', async () => {
    const { code, output, report } = await runRehearse('never-ready', '--ready-timeout', '8')
    expect(code).toBe(1)
    expect(report.totals.requests).toBe(0)
    expect(report.reasons[0]).toMatch(/replica r\d was not ready within 8 s: GET \/readyz came to 503/)
    expect(output).toContain('waiting for a database that will never come')
  })

  test('a replica that ends before it is ready fails at once, and what it wrote is shown', async () => {
    const { code, output, report } = await runRehearse('crashes-at-start')
    expect(code).toBe(1)
    expect(report.reasons[0]).toMatch(/ended before it was ready \(exit code 3\)/)
    expect(output).toContain('| no configuration')
  })

  test('a service that ignores SIGTERM gets SIGKILL when its grace period is over', async () => {
    const options = ['--grace', '2', '--replicas', '1', '--ready', '/', '--live', '/']
    const { code, output, report } = await runRehearse('ignores-sigterm', ...options)
    expect(code).toBe(1)
    expect(report.sigkills).toBe(1)
    expect(report.reasons).toContain('1 replica had to be ended by SIGKILL')
    expect(report.replicas[0]).toMatchObject({ sigkill: true, exitSignal: 'SIGKILL' })
    expect(report.replicas[0]?.drainMs).toBeGreaterThanOrEqual(1990)
    for (const pid of replicaPids(output)) expect(isAlive(pid)).toBe(false)
  })

  test('responses that end early are lost as truncated', async () => {
    const { code, report } = await runRehearse('truncates')
    expect(code).toBe(1)
    expect(report.totals.lostByCause['truncated']).toBeGreaterThan(5)
  })

  test('preStop keeps a replica serving before SIGTERM', async () => {
    const { report, output } = await runRehearse('good', '--pre-stop', '0.5', '--replicas', '1')
    expect(output).toContain('r1 is to go; preStop 0.5 s')
    expect(report.totals).toMatchObject({ lost: 0, refused: 0 })
    expect(report.replicas.map(({ id }) => id)).toEqual(['r1', 'r2'])
  })
})
