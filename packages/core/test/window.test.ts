import { describe, expect, test } from 'vitest'
import { newcomersEnd, windowEnd } from '../src/drain/window.js'

const adaptive = { min: 5000, max: 10_000, adaptive: true }
const latest = 17_000
const end = (rate: number, lastArrival?: number, plan = adaptive, gone = 1) =>
  windowEnd(plan, 0, { rate, gone, lastArrival }, latest)

describe('the adaptive window', () => {
  test('ends at min when nobody has connected', () => {
    expect(end(10)).toBe(5000)
  })

  test('waits for three quiet seconds after the last arrival', () => {
    expect(end(10, 4500)).toBe(7500)
  })

  test('waits for eight mean gaps when requests are rare', () => {
    expect(end(1, 1500)).toBe(9500)
  })

  test('expects new connections only of those whose kept-alive ones have gone', () => {
    expect(end(10, undefined, adaptive, 0)).toBe(10_000)
    expect(end(10, 1000, adaptive, 0.1)).toBe(9000)
    expect(end(10, 1000, adaptive, 0.5)).toBe(5000)
  })

  test('lasts until max when quiet cannot be told from rare', () => {
    expect(end(0)).toBe(10_000)
    expect(end(0.4)).toBe(10_000)
  })

  test('is extended while somebody still routes here, until it is quiet', () => {
    expect(end(100, 9900)).toBe(12_900)
    expect(end(0.1, 8000)).toBe(17_000)
  })

  test('is extended to the latest point at most', () => {
    expect(end(100, 16_900)).toBe(latest)
  })

  test('ends at max when the only arrival was early', () => {
    expect(end(100, 100)).toBe(5000)
    expect(end(0.1, 0)).toBe(10_000)
  })
})

describe('newcomers while idle connections linger', () => {
  const until = (lastArrival: number | undefined, plan = adaptive, gone = 1) =>
    newcomersEnd(plan, 6000, { rate: 10, gone, lastArrival }, latest)

  test('keep the listener open until it is quiet again, at the latest as long as they could the window', () => {
    expect(until(6000)).toBe(9000)
    expect(until(8000)).toBe(11_000)
    expect(until(8000, adaptive, 0.1)).toBe(16_000)
    expect(until(8000, adaptive, 0)).toBe(latest)
    expect(until(16_500)).toBe(latest)
  })

  test('do not where there are none, where they came in the window, and where its length is given', () => {
    expect(until(undefined)).toBe(6000)
    expect(until(5900)).toBe(6000)
    expect(until(8000, { min: 6000, max: 6000, adaptive: false })).toBe(6000)
  })
})

test('a window of a given length is exactly that long, whoever comes', () => {
  expect(end(100, 3000, { min: 3000, max: 3000, adaptive: false })).toBe(3000)
})
