import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { makePlan, resolveSettings } from '@lameduck/core/plan'
import { describe, expect, test } from 'vitest'
import { shareAtDelay } from '../src/budget/simulate.js'
import { readTraffic, TrafficError } from '../src/budget/traffic.js'
import { deployment, lameduck, service } from './cases/manifests.js'
import { folderWith, runDoctor } from './run-doctor.js'

const slow =
  'readinessProbe:\n  httpGet: { path: /readyz, port: http }\n  periodSeconds: 10\n  failureThreshold: 3'

describe('--budget', () => {
  test('B8: readiness of 10 × 3 in a grace period of 60 s is heard late, and warned about', () => {
    const folder = folderWith({
      'd.yaml': deployment({ pod: 'terminationGracePeriodSeconds: 60', container: slow }),
      's.yaml': service(),
    })
    const { out } = runDoctor(['--budget'], folder)
    expect(out).toContain('30–40 s until unready, 20–30 s left')
    expect(out).toContain('warning  K09 readiness-detection-slow')
  })

  test("draws what lameduck's own plan says, up to SIGKILL", () => {
    const folder = folderWith({
      'd.yaml': deployment({
        env: lameduck(25_000),
        container: 'lifecycle: { preStop: { sleep: { seconds: 5 } } }',
      }),
    })
    const { out } = runDoctor(['--budget'], folder)
    const settings = resolveSettings(
      { platform: 'kubernetes', gracePeriod: 25_000 },
      { env: {}, isTerminal: false, isContainer: true },
    )
    const plan = makePlan(settings, { hasHooks: true, window: true, linger: true })
    const from = (time: number) => Math.round((5000 + time) / 10) / 100
    expect(out).toMatch(/preStop .* 0 – 5 s\n/)
    expect(out).toContain(` 5 – ${from(plan.window.min)}…${from(plan.window.max)} s\n`)
    expect(out).toContain(` ${from(plan.force)} – ${from(plan.deadline)} s\n`)
    expect(out).toMatch(/SIGKILL .* 30 s\n/)
  })

  test('says what is not known', () => {
    const { out } = runDoctor(['--budget'], folderWith({ 'd.yaml': deployment() }))
    expect(out).toContain('how long the service takes to drain is not known')
  })

  test('leaves the report to machines alone', () => {
    const { out, err } = runDoctor(
      ['--budget', '--format', 'json'],
      folderWith({ 'd.yaml': deployment({ env: lameduck() }) }),
    )
    expect(() => JSON.parse(out)).not.toThrow()
    expect(err).toContain('Deployment shop')
  })

  test('is drawn for whoever asks for the SVG or for traffic alone, and says what cannot be written', () => {
    const folder = folderWith({ 'd.yaml': deployment({ env: lameduck() }) })
    expect(runDoctor(['--svg', 'plan.svg'], folder).out).toContain('SIGKILL')
    expect(runDoctor(['--traffic', '3/s, balancer up to 4s'], folder).out).toContain('of its drains')
    expect(runDoctor(['--svg', 'gone/plan.svg'], folder)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^doctor: --svg: .*gone/),
    })
  })

  test('writes SVG that is well formed', () => {
    const folder = folderWith({ 'd.yaml': deployment({ name: 'shop', env: lameduck() }) })
    runDoctor(['--budget', '--svg', 'plan.svg'], folder)
    const svg = readFileSync(join(folder, 'plan.svg'), 'utf8')
    const opened = [...svg.matchAll(/<(\w+)(?:\s[^<>]*)?(?<!\/)>/g)].map(([, name]) => name)
    const closed = [...svg.matchAll(/<\/(\w+)>/g)].map(([, name]) => name)
    expect(opened.sort()).toEqual(closed.sort())
    expect(svg).toContain('SIGKILL 30 s')
  })
})

describe('--traffic', () => {
  test('reads a description, and refuses what is none', () => {
    expect(readTraffic('3/s over 200 connections, balancer up to 10s')).toEqual({
      rate: 3,
      connections: 200,
      balancer: 10_000,
    })
    expect(readTraffic('30/min, balancer 500ms')).toEqual({ rate: 0.5, connections: 0, balancer: 500 })
    for (const text of ['', '3/s', 'balancer 10s', '0/s, balancer 10s', '3/s, balancer 3h'])
      expect(() => readTraffic(text)).toThrow(TrafficError)
  })

  test('says what share of drains turns somebody away, and what mends it', () => {
    const folder = folderWith({ 'd.yaml': deployment({ env: lameduck() }) })
    const good = runDoctor(
      ['--budget', '--traffic', '3/s over 200 connections, balancer up to 4s'],
      folder,
    ).out
    expect(good).toContain('Deployment shop: none of its drains would turn somebody away\n')
    const bad = runDoctor(['--budget', '--traffic', '3/s, balancer up to 25s'], folder).out
    expect(bad).toMatch(
      /\d+\.\d % of its drains would turn somebody away; .*LAMEDUCK_SHUTDOWN_DELAY=\d+s brings it under one in a thousand/,
    )
  })

  // The page that the numbers of the window are from: some cells that are neither 0 nor 100 %, and some that are.
  const page = readFileSync(
    new URL('../../../docs/decisions/0004-the-adaptive-window.md', import.meta.url),
    'utf8',
  )
  const tables = [
    { connections: 0, table: page.split('Every request on a new connection, by')[1] ?? '' },
    { connections: 20, table: page.split('Twenty kept-alive connections:')[1] ?? '' },
    { connections: 200, table: page.split('Two hundred:')[1] ?? '' },
  ]
  const settings = resolveSettings(
    { platform: 'kubernetes' },
    { env: {}, isTerminal: false, isContainer: false },
  )
  const plan = makePlan(settings, { hasHooks: true, window: true, linger: true })

  test.each([
    { rate: 0.3, connections: 0, delay: 15 },
    { rate: 1, connections: 0, delay: 20 },
    { rate: 0.3, connections: 20, delay: 20 },
    { rate: 3, connections: 20, delay: 20 },
    { rate: 10, connections: 20, delay: 10 },
    { rate: 1, connections: 200, delay: 20 },
    { rate: 3, connections: 200, delay: 20 },
  ])(
    'agrees with decision 4 at $rate requests a second on $connections connections, $delay s',
    ({ rate, connections, delay }) => {
      const { table = '' } = tables.find((each) => each.connections === connections) ?? {}
      const [head = '', ...rows] = table.split('\n').filter((line) => line.startsWith('|'))
      const column = head.split('|').findIndex((cell) => cell.trim() === `${delay} s`)
      const row = rows.find((line) => line.split('|')[1]?.trim() === String(rate)) ?? ''
      const written = Number(/\/ ([\d.]+) %/.exec(row.split('|')[column] ?? '')?.[1])
      const found = shareAtDelay(plan, { rate, connections, delay: delay * 1000 }, 4000) * 100
      expect(Math.abs(found - written), `${found} against ${written}`).toBeLessThan(3)
    },
  )
})
