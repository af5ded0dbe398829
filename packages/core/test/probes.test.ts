import { describe, expect, test } from 'vitest'
import type { State } from '../src/lifecycle/state.js'
import { createChecks } from '../src/probes/checks.js'
import { createJudge, type ProbeContext } from '../src/probes/judge.js'
import { createProbeResponder, noProbes } from '../src/probes/probe-responder.js'
import { createTrafficFilter, type ProbeAnswer, type ProbeName, probeDefaults } from '../src/probes/probes.js'
import { createFakeClock } from '../src/testing/index.js'

const checks = createChecks(createFakeClock(), () => {})
const context = {
  checks,
  state: (): State => 'ready',
  keepsReadiness: () => false,
  isUnready: () => false,
}
const responder = (over: Partial<ProbeContext> = {}, paths = probeDefaults, verbose = false) =>
  createProbeResponder(createJudge({ ...context, ...over }), paths, verbose ? 'outcomes' : 'nothing')

describe('answers', () => {
  const expected: Record<ProbeName, Record<State, number>> = {
    startupz: { starting: 503, ready: 200, draining: 200, stopped: 200 },
    readyz: { starting: 503, ready: 200, draining: 503, stopped: 503 },
    livez: { starting: 200, ready: 200, draining: 200, stopped: 200 },
  }
  for (const [probe, answers] of Object.entries(expected) as [ProbeName, Record<State, number>][]) {
    for (const [state, status] of Object.entries(answers) as [State, number][]) {
      test(`${probe} says ${status} while ${state}`, () => {
        const answer = responder({ state: () => state }).answer(probe, probeDefaults[probe]) as ProbeAnswer
        expect(answer.status).toBe(status)
        expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'lifecycle-state': state })
        expect(JSON.parse(answer.body)).toEqual({ status: status === 200 ? 'ok' : 'unavailable', state })
      })
    }
  }

  test('readiness can be kept', () => {
    const kept = { state: () => 'draining' as const, keepsReadiness: () => true }
    expect(responder(kept).answer('readyz', '/readyz')).toMatchObject({ status: 200 })
    expect(responder(kept).answer('startupz', '/startupz')).toMatchObject({ status: 200 })
  })
})

describe('paths', () => {
  const { match } = responder()
  test('match exactly, with any query', () => {
    expect(match('/readyz')).toBe('readyz')
    expect(match('/readyz?verbose')).toBe('readyz')
    expect(match('http://x/readyz')).toBe('readyz')
    expect(match('HTTPS://x:8443/readyz?verbose')).toBe('readyz')
    expect(match('http://x?/readyz')).toBeUndefined()
    expect(match('http://x/api/readyz')).toBeUndefined()
    expect(match('x/readyz')).toBeUndefined()
    expect(match('/%72eadyz')).toBeUndefined()
    expect(match('/readyz#x')).toBeUndefined()
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
    expect(responder({}, probeDefaults, true).match('/readyz/db')).toBe('readyz')
  })
})

test('a probe below the path of readiness is itself, and no check', () => {
  const { match } = responder({}, { ...probeDefaults, startupz: '/readyz/startup' }, true)
  expect(match('/readyz/startup')).toBe('startupz')
  expect(match('/readyz/db')).toBe('readyz')
})

describe('traffic', () => {
  const isTraffic = createTrafficFilter(['/metrics', 'Prometheus'])
  test('is not what probers send, known by their user agents', () => {
    expect(isTraffic('/', { 'user-agent': 'kube-probe/1.34' })).toBe(false)
    expect(isTraffic('/', { 'user-agent': 'ELB-HealthChecker/2.0' })).toBe(false)
    expect(isTraffic('/', { 'user-agent': 'curl/8' })).toBe(true)
    expect(isTraffic('/', {})).toBe(true)
  })
  test('is not what Knative marks as a probe by a header', () => {
    expect(isTraffic('/', { 'k-network-probe': 'queue' })).toBe(false)
    expect(isTraffic('/', { 'user-agent': 'istio', 'k-kubelet-probe': 'kube-probe' })).toBe(false)
  })
  test('is not what the options want ignored', () => {
    expect(isTraffic('/metrics', { 'user-agent': 'curl/8' })).toBe(false)
    expect(isTraffic('/metrics?a', { 'user-agent': 'curl/8' })).toBe(false)
    expect(isTraffic('http://x/metrics', { 'user-agent': 'curl/8' })).toBe(false)
    expect(isTraffic('/metricsx', { 'user-agent': 'curl/8' })).toBe(true)
    expect(isTraffic('/', { 'user-agent': 'prometheus/3' })).toBe(false)
  })
})
