import { describe, expect, test } from 'vitest'
import { createProbeResponder, noProbes } from '../src/probe-responder.js'
import { answerProbe, createTrafficFilter, type ProbeName, probeDefaults } from '../src/probes.js'
import type { State } from '../src/state.js'

describe('answers', () => {
  const expected: Record<ProbeName, Record<State, number>> = {
    startupz: { starting: 503, ready: 200, draining: 200, stopped: 200 },
    readyz: { starting: 503, ready: 200, draining: 503, stopped: 503 },
    livez: { starting: 200, ready: 200, draining: 200, stopped: 200 },
  }
  for (const [probe, answers] of Object.entries(expected) as [ProbeName, Record<State, number>][]) {
    for (const [state, status] of Object.entries(answers) as [State, number][]) {
      test(`${probe} says ${status} while ${state}`, () => {
        const answer = answerProbe(probe, state)
        expect(answer.status).toBe(status)
        expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'lifecycle-state': state })
        expect(JSON.parse(answer.body)).toEqual({ status: status === 200 ? 'ok' : 'unavailable', state })
      })
    }
  }

  test('readiness can be kept', () => {
    expect(answerProbe('readyz', 'draining', true).status).toBe(200)
  })
})

const checks = { names: [], add: () => {}, run: async () => [] }
const context = { paths: probeDefaults, checks, state: () => 'ready' as const, keepsReadiness: () => false }

describe('paths', () => {
  const { match } = createProbeResponder(context, false)
  test('match exactly, with any query', () => {
    expect(match('/readyz')).toBe('readyz')
    expect(match('/readyz?verbose')).toBe('readyz')
    expect(match('/readyz/')).toBeUndefined()
    expect(match('/readyzz')).toBeUndefined()
    expect(match('/api/readyz')).toBeUndefined()
    expect(match(undefined)).toBeUndefined()
  })
  test('match nothing without probes', () => {
    expect(noProbes.match('/readyz')).toBeUndefined()
  })
  test('of single checks are known only where details may be shown', () => {
    expect(match('/readyz/db')).toBeUndefined()
    expect(createProbeResponder(context, true).match('/readyz/db')).toBe('readyz')
  })
})

describe('traffic', () => {
  const isTraffic = createTrafficFilter(['/metrics', 'Prometheus'])
  test('is not what probers send, known by their user agents', () => {
    expect(isTraffic('/', 'kube-probe/1.34')).toBe(false)
    expect(isTraffic('/', 'ELB-HealthChecker/2.0')).toBe(false)
    expect(isTraffic('/', 'curl/8')).toBe(true)
    expect(isTraffic('/', undefined)).toBe(true)
  })
  test('is not what the options want ignored', () => {
    expect(isTraffic('/metrics', 'curl/8')).toBe(false)
    expect(isTraffic('/metrics?a', 'curl/8')).toBe(false)
    expect(isTraffic('/metricsx', 'curl/8')).toBe(true)
    expect(isTraffic('/', 'prometheus/3')).toBe(false)
  })
})
