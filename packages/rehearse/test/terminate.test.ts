import { expect, test } from 'vitest'
import { timeAfterSigterm } from '../src/terminate.js'

test('preStop takes its time from the grace period', () => {
  expect(timeAfterSigterm({ grace: 30, preStop: 0 })).toBe(30_000)
  expect(timeAfterSigterm({ grace: 30, preStop: 10 })).toBe(20_000)
})

test('leaves two seconds at least', () => {
  expect(timeAfterSigterm({ grace: 10, preStop: 9.5 })).toBe(2000)
  expect(timeAfterSigterm({ grace: 1, preStop: 0 })).toBe(2000)
})
