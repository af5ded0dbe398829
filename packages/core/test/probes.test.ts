import { describe, expect, test } from 'vitest'
import {
  answerProbe,
  createProbeMatcher,
  isProbeAgent,
  type ProbeName,
  probeDefaults,
} from '../src/probes.js'
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

describe('paths', () => {
  const match = createProbeMatcher(probeDefaults)
  test('match exactly, with any query', () => {
    expect(match('/readyz')).toBe('readyz')
    expect(match('/readyz?verbose')).toBe('readyz')
    expect(match('/readyz/')).toBeUndefined()
    expect(match('/readyzz')).toBeUndefined()
    expect(match('/api/readyz')).toBeUndefined()
    expect(match(undefined)).toBeUndefined()
  })
  test('match nothing without probes', () => {
    expect(createProbeMatcher(undefined)('/readyz')).toBeUndefined()
  })
})

test('probers are known by their user agents', () => {
  expect(isProbeAgent('kube-probe/1.34')).toBe(true)
  expect(isProbeAgent('ELB-HealthChecker/2.0')).toBe(true)
  expect(isProbeAgent('curl/8')).toBe(false)
  expect(isProbeAgent(undefined)).toBe(false)
})
