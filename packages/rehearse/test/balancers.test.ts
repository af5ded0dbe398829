import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { haproxy } from '../src/balancers/haproxy.js'
import { nginx } from '../src/balancers/nginx.js'
import { findProxy } from '../src/balancers/proxy.js'
import { isAlive, replicaPids, runRehearse, startRehearse } from './run-rehearse.js'

function missing(proxy: typeof nginx): string | undefined {
  try {
    proxy.inspect(findProxy(proxy))
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/** The nginx that the first lines of the output speak of, or the HAProxy. */
const balancerPid = (output: string) => Number(/\/\S+ started \(process (\d+),/.exec(output)?.[1])

const gone = (pid: number) =>
  vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 60_000, interval: 20 })

for (const proxy of [nginx, haproxy]) {
  const reason = missing(proxy)
  if (reason !== undefined) console.log(`skipped: ${reason}`)

  describe.skipIf(reason !== undefined)(`--lb ${proxy.kind}`, { timeout: 120_000 }, () => {
    test('a service that drains passes, with POSTs too, and every replica has its share', async () => {
      const { code, output, report } = await runRehearse('good', '--lb', proxy.kind, '--post', '/upload')
      expect(report.reasons).toEqual([])
      expect(code).toBe(0)
      expect(report.totals).toMatchObject({ lost: 0, refused: 0 })
      expect(report.totals.requests).toBeGreaterThan(200)
      expect(report.replicas).toHaveLength(6)
      for (const { requests } of report.replicas) expect(requests).toBeGreaterThan(10)
      expect(report.balancer).toMatchObject({ kind: proxy.kind, requests: 0 })
      expect(output).toContain(`behind ${report.balancer?.version}: `)
      for (const pid of [...replicaPids(output), balancerPid(output)]) expect(isAlive(pid)).toBe(false)
    })

    test('a service that leaves at once loses requests, and the report says how', async () => {
      const options = ['--lb', proxy.kind, '--post', '/', '--connections', '30', '--rps', '200']
      const { code, output, report } = await runRehearse('leaves-at-once', ...options)
      expect(code).toBe(1)
      expect(report.totals.lost).toBeGreaterThan(0)
      expect(report.totals.refused).toBe(0)
      const causes = Object.keys(report.totals.lostByCause)
      expect(causes.filter((cause) => !/^(status 50[234] by (nginx|haproxy)|hang-up)$/.test(cause))).toEqual(
        [],
      )
      const answered = report.failures.find(({ cause }) => cause.startsWith('status'))
      if (proxy.kind === 'nginx') {
        expect(answered).toMatchObject({ replica: expect.stringMatching(/^r[123]$/), method: 'POST' })
        expect(answered?.balancerLog).toMatch(/\[error\].* while (reading|connecting|sending)/)
        expect(output).toContain(answered?.balancerLog)
      }
      expect(output).toMatch(/failed: \d+ requests? (was|were) lost/)
    })

    test('Ctrl-C ends the balancer, too', async () => {
      const run = startRehearse('good', '--lb', proxy.kind, '--rollouts', '50')
      await run.sees('gets SIGTERM')
      run.child.kill('SIGINT')
      const { code, output } = await run.ended
      expect(code).toBe(130)
      await gone(balancerPid(output))
    })

    test('a balancer that ends by itself fails the rehearsal', async () => {
      const run = startRehearse('good', '--lb', proxy.kind, '--rollouts', '50')
      const output = await run.sees('gets SIGTERM')
      process.kill(balancerPid(output), 'SIGKILL')
      const ended = await run.ended
      expect(ended.code).toBe(1)
      expect(ended.output).toContain(`${proxy.kind} ended by itself (SIGKILL)`)
    })
  })
}

describe('a balancer that cannot be used', () => {
  test('is named when its program is not there', () => {
    const absent = { kind: 'no-such-balancer' as 'nginx', install: 'get it somewhere' }
    expect(() => findProxy(absent)).toThrow(
      'lb: expected the program no-such-balancer in PATH, /usr/sbin or /usr/local/sbin, got none (get it somewhere)',
    )
  })

  test('is named when it is an nginx without Lua', () => {
    const program = join(mkdtempSync(join(tmpdir(), 'rehearse-')), 'nginx')
    writeFileSync(
      program,
      '#!/bin/sh\necho "nginx version: nginx/9.9 configure arguments: --modules-path=/nowhere"\n',
    )
    chmodSync(program, 0o755)
    expect(() => nginx.inspect(program)).toThrow(
      'lb: expected nginx with its Lua module, got nginx/9.9 without /nowhere/ndk_http_module.so',
    )
  })
})
