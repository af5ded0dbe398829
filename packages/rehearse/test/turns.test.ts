import { expect, test } from 'vitest'
import { turnsOf } from '../src/traffic/turns.js'

const turns = (...weights: number[]) =>
  turnsOf(weights.map((weight, i) => ({ weight, item: 'abc'.charAt(i) }))).join('')

test.each([
  [[1], 'a'],
  [[7], 'a'],
  [[1, 1], 'ab'],
  [[3, 1], 'aaba'],
  [[6, 2], 'aaba'],
  [[5, 1, 1], 'aabacaa'],
])('the weights %j make %s', (weights, row) => {
  expect(turns(...weights)).toBe(row)
})

test('every item comes as often as its weight says', () => {
  const row = turns(13, 5, 29)
  expect(['a', 'b', 'c'].map((item) => row.split(item).length - 1)).toEqual([13, 5, 29])
})
