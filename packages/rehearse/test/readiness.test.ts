import { expect, test } from 'vitest'
import { afterProbe, type Readiness, unprobed } from '../src/readiness.js'

const after = (probes: boolean[], threshold: number) =>
  probes.reduce<Readiness>((so, success) => afterProbe(so, success, threshold), unprobed)

test.each([
  [[], false],
  [[false], false],
  [[true], true],
  [[true, false, false], true],
  [[true, false, false, false], false],
  [[true, false, false, true, false, false], true],
  [[true, false, false, false, true], true],
])('%j with a threshold of 3: ready is %s', (probes, ready) => {
  expect(after(probes, 3).ready).toBe(ready)
})

test('a threshold of 1 turns at the first failure', () => {
  expect(after([true, false], 1)).toEqual({ ready: false, failures: 1 })
})
