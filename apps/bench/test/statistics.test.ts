import { expect, test } from 'vitest'
import { median, medianInterval, quantile } from '../src/statistics.js'

test('the median is the value in the middle, or between both', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 2, 3])).toBe(2.5)
  expect(() => median([])).toThrow(RangeError)
})

test('a quantile lies between its neighbours', () => {
  expect(quantile([0, 10], 0.9)).toBeCloseTo(9)
  expect(quantile([5], 0.9)).toBe(5)
})

test('the interval holds the median, shrinks with more values and is the same every time', () => {
  const few = [0.9, 0.95, 1, 1.05, 1.1]
  const many = Array.from({ length: 20 }, () => few).flat()
  const interval = medianInterval(few)
  expect(interval.lower).toBeLessThanOrEqual(1)
  expect(interval.upper).toBeGreaterThanOrEqual(1)
  expect(medianInterval(many).upper - medianInterval(many).lower).toBeLessThan(
    interval.upper - interval.lower,
  )
  expect(medianInterval(few)).toEqual(interval)
})
