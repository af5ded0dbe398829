import { expect, test } from 'vitest'
import { dueRequests, dueTime } from '../src/pacing.js'

test('the first request is due at the start, the others at equal distances', () => {
  expect(dueRequests(-1, 10)).toBe(0)
  expect(dueRequests(0, 10)).toBe(1)
  expect(dueRequests(99, 10)).toBe(1)
  expect(dueRequests(100, 10)).toBe(2)
  expect(dueRequests(1000, 10)).toBe(11)
  expect(dueTime(0, 10)).toBe(0)
  expect(dueTime(10, 10)).toBe(1000)
})
