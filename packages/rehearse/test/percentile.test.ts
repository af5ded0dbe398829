import { expect, test } from 'vitest'
import { percentile } from '../src/percentile.js'

test('takes the nearest rank', () => {
  const values = [5, 1, 4, 2, 3]
  expect(percentile(values, 0)).toBe(1)
  expect(percentile(values, 0.5)).toBe(3)
  expect(percentile(values, 0.99)).toBe(5)
  expect(percentile(values, 1)).toBe(5)
  expect(values).toEqual([5, 1, 4, 2, 3])
})

test('sorts by value, not by text', () => {
  expect(percentile([9, 10, 100], 1)).toBe(100)
})

test('has no answer for no values', () => {
  expect(percentile([], 0.5)).toBeUndefined()
})
