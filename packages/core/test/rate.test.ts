import { expect, test } from 'vitest'
import { createRateMeter } from '../src/drain/rate.js'

test('counts the last minute, and forgets what came before', () => {
  const meter = createRateMeter(0)
  for (let t = 0; t < 60_000; t += 100) meter.count(t)
  expect(meter.perSecond(60_000)).toBeCloseTo(10, 0)
  expect(meter.perSecond(90_000)).toBeCloseTo(5, 0)
  expect(meter.perSecond(200_000)).toBe(0)
})

test('nothing has come before the first moment is over', () => {
  const meter = createRateMeter(5)
  meter.count(5)
  expect(meter.perSecond(5)).toBe(0)
})

test('a process that is younger than a minute is judged by its own age', () => {
  const meter = createRateMeter(1000)
  for (let t = 1000; t < 3000; t += 100) meter.count(t)
  expect(meter.perSecond(3000)).toBeCloseTo(10)
})
