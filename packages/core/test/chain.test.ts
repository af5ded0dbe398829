import { expect, test } from 'vitest'
import { Chain } from '../src/http/chain.js'

const chainOf = (...entries: object[]) => {
  const chain = new Chain<object>()
  for (const entry of entries) chain.add(entry)
  return chain
}

test('holds objects in the order in which they came', () => {
  const [a, b, c] = [{ a: 1 }, { b: 1 }, { c: 1 }]
  const chain = chainOf(a, b, c)
  expect([...chain]).toEqual([a, b, c])
  expect(chain.size).toBe(3)
})

test.each([
  ['first', 0],
  ['one in the middle', 1],
  ['last', 2],
])('lets go of the %s', (_, at) => {
  const entries = [{ a: 1 }, { b: 1 }, { c: 1 }]
  const chain = chainOf(...entries)
  expect(chain.delete(entries[at] as object)).toBe(true)
  expect([...chain]).toEqual(entries.toSpliced(at, 1))
  expect(chain.size).toBe(2)
})

test('says of an object that is not in, or not any more, that it is not', () => {
  const [a, b] = [{ a: 1 }, { b: 1 }]
  const chain = chainOf(a)
  expect(chain.delete(b)).toBe(false)
  expect(chain.delete(a)).toBe(true)
  expect(chain.delete(a)).toBe(false)
  expect(chain.size).toBe(0)
  expect([...chain]).toEqual([])
})

test('has an object once, however often it is added', () => {
  const [a, b] = [{ a: 1 }, { b: 1 }]
  const chain = chainOf(a, b)
  expect(chain.add(a)).toBe(false)
  expect([...chain]).toEqual([a, b])
  expect(chain.delete(a)).toBe(true)
  expect([...chain]).toEqual([b])
  expect(chain.size).toBe(1)
})

test('leaves an object alone that is in another', () => {
  const a = { a: 1 }
  const [chain, other] = [chainOf(a), chainOf()]
  expect(other.add(a)).toBe(false)
  expect(other.delete(a)).toBe(false)
  expect([chain.size, other.size]).toEqual([1, 0])
  expect([...chain]).toEqual([a])
})

test('is asked whether it has one of a kind', () => {
  const chain = chainOf({ a: 1 }, { b: 1 })
  expect(chain.some((entry) => 'b' in entry)).toBe(true)
  expect(chain.some((entry) => 'c' in entry)).toBe(false)
  expect(chainOf().some(() => true)).toBe(false)
})

test('takes an object again that it has let go', () => {
  const [a, b] = [{ a: 1 }, { b: 1 }]
  const chain = chainOf(a, b)
  chain.delete(a)
  chain.add(a)
  expect([...chain]).toEqual([b, a])
})

test('is walked as it was when the walk began', () => {
  const entries = [{ a: 1 }, { b: 1 }, { c: 1 }]
  const chain = chainOf(...entries)
  const walked: object[] = []
  for (const entry of chain) {
    walked.push(entry)
    for (const each of entries) chain.delete(each)
    chain.add({ late: true })
  }
  expect(walked).toEqual(entries)
})

test('leaves nothing on what it has let go by which its neighbours would be kept', () => {
  const [a, b, c] = [{}, {}, {}]
  const chain = chainOf(a, b, c)
  chain.delete(b)
  const left = Object.getOwnPropertySymbols(b).map((symbol) => (b as Record<symbol, unknown>)[symbol])
  expect(left).toEqual([undefined, undefined, undefined])
})
