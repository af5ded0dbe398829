import { expect, test } from 'vitest'
import { judge } from '../src/judge.js'

const totals = { requests: 100, lost: 0, lostByCause: {}, refused: 0 }
const clean = { passed: true, reasons: [], totals }
const lossy = { passed: false, reasons: ['3 requests were lost'], totals: { ...totals, lost: 3, refused: 2 } }

test('holds when only the plain service lost something', () => {
  expect(judge([{ name: 'ours', report: clean }], lossy)).toEqual({
    passed: true,
    sentence: 'With lameduck all 100 requests were answered; without it 3 of 100 were lost and 2 refused.',
  })
})

test('does not hold when ours failed, and says why', () => {
  const both = [
    { name: 'one', report: clean },
    { name: 'another', report: lossy },
  ]
  expect(judge(both, lossy)).toEqual({
    passed: false,
    sentence: 'failed with another: 3 requests were lost',
  })
})

test('does not hold when the plain service lost nothing either', () => {
  expect(judge([{ name: 'ours', report: clean }], clean).passed).toBe(false)
})
