import { describe, expect, test } from 'vitest'
import { windowEnd } from '../src/drain/window.js'

const adaptive = { min: 5000, max: 10_000, adaptive: true }
const latest = 17_000
const end = (rate: number, lastArrival?: number, plan = adaptive) =>
  windowEnd(plan, 0, { rate, lastArrival }, latest)

describe('the adaptive window', () => {
  test('ends at min when nobody has connected', () => {
    expect(end(10)).toBe(5000)
  })

  test('waits for two quiet seconds after the last arrival', () => {
    expect(end(10, 4500)).toBe(6500)
  })

  test('waits for five mean gaps when requests are rare', () => {
    expect(end(1, 3000)).toBe(8000)
  })

  test('lasts until max when quiet cannot be told from rare', () => {
    expect(end(0)).toBe(10_000)
    expect(end(0.4)).toBe(10_000)
  })

  test('is extended while somebody still routes here, until it is quiet', () => {
    expect(end(100, 9900)).toBe(11_900)
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

test('a window of a given length is exactly that long, whoever comes', () => {
  expect(end(100, 3000, { min: 3000, max: 3000, adaptive: false })).toBe(3000)
})
