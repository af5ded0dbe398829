import { expect, test } from 'vitest'
import { differenceOf } from '../src/grpc/difference.js'

test.each([
  [{}, { text: 'a' }],
  [{ text: 'a' }, { text: 'a', more: 1 }],
  [{ value: 10 }, { value: '10' }],
  [{ ratio: 0.1 }, { ratio: Math.fround(0.1) }],
  [
    [{ value: 1 }, {}],
    [{ value: 1 }, { value: 2 }],
  ],
  [{ deep: { list: ['a', true] } }, { deep: { list: ['a', true], other: null } }],
])('%j is in %j', (expected, got) => {
  expect(differenceOf(expected, got)).toBeUndefined()
})

test.each([
  [{ text: 'a' }, {}, ['text'], 'a', undefined],
  [{ text: '1' }, { text: 1 }, ['text'], '1', 1],
  [{ value: 16_777_217 }, { value: 16_777_216 }, ['value'], 16_777_217, 16_777_216],
  [{ flag: false }, { flag: 'false' }, ['flag'], false, 'false'],
  [{ ratio: 0.1 }, { ratio: 0.2 }, ['ratio'], 0.1, 0.2],
  [[1, 2], [1], [], [1, 2], [1]],
  [{ deep: [{ a: 1 }] }, { deep: [{ a: 2 }] }, ['deep', 0, 'a'], 1, 2],
  [{ deep: { a: 1 } }, { deep: null }, ['deep'], { a: 1 }, null],
])('%j is not in %j', (expected, got, place, wanted, came) => {
  expect(differenceOf(expected, got)).toEqual({ place, expected: wanted, got: came })
})
