import { env } from 'node:process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { windowEnd } from '../src/drain/window.js'
import { type Constants, latest, present, simulate, windowEndWith } from './window.simulation.js'
import { alternatives, tables } from './window.simulation.tables.js'

const drains = 400
const newConnections = (rate: number, delay: number, constants: Constants = present) =>
  simulate(constants, { rate, delay, pool: 0 }, drains)
const keptAlive = (rate: number, delay: number, constants: Constants = present) =>
  simulate(constants, { rate, delay, pool: 20 }, drains)

test('the simulation asks the real function', () => {
  const adaptive = { min: present.min, max: present.max, adaptive: true }
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1000, noNaN: true }), fc.option(fc.nat(30_000)), (rate, arrival) => {
      const lastArrival = arrival ?? undefined
      expect(windowEndWith(present, rate, lastArrival)).toBe(
        windowEnd(adaptive, 0, { rate, lastArrival }, latest),
      )
    }),
  )
})

test('for other constants, too', () => {
  const end = (constants: Partial<Constants>, rate: number, lastArrival: number) =>
    windowEndWith({ ...present, ...constants }, rate, lastArrival)
  expect(end({ meansOfSilence: 8 }, 2, 4000)).toBeCloseTo(8000)
  expect(end({ leastQuiet: 3000 }, 100, 4000)).toBeCloseTo(7000)
  expect(end({ min: 8000 }, 100, 4000)).toBeCloseTo(8000)
})

describe('with the present constants', () => {
  for (const rate of [0.1, 1, 3, 10, 100]) {
    test(`nobody is turned away at ${rate}/s when the balancer leaves within 5 s`, () => {
      for (const delay of [0, 2000, 5000]) {
        expect(newConnections(rate, delay).early).toBe(0)
        expect(keptAlive(rate, delay).early).toBe(0)
      }
    })
  }

  test('nobody is turned away at 10/s and more when the balancer leaves within 15 s', () => {
    for (const rate of [10, 100]) {
      expect(newConnections(rate, 15_000).early).toBeLessThan(0.01)
      expect(keptAlive(rate, 15_000).early).toBeLessThan(0.01)
    }
  })

  test('a drain is no longer than min when the balancer is quick and requests are not rare', () => {
    expect(newConnections(100, 2000).longWindow).toBe(5000)
    expect(newConnections(3, 2000).window).toBeLessThan(5100)
  })

  test('a window outlasts its balancer by two seconds where requests are many', () => {
    expect(newConnections(100, 8000).window).toBeCloseTo(10_000, -2)
  })

  test('one in twenty drains at most turns somebody away at 1 to 3/s and delays up to 10 s', () => {
    for (const rate of [1, 3]) {
      for (const delay of [6000, 10_000]) expect(newConnections(rate, delay).refused).toBeLessThan(0.06)
    }
  })

  test('connections that are kept alive hide from it that somebody still routes here', () => {
    expect(keptAlive(1, 8000).refused).toBeGreaterThan(0.2)
    expect(keptAlive(3, 8000).refused).toBeGreaterThan(0.15)
  })

  test('a balancer that takes longer than the longest extension always loses', () => {
    expect(newConnections(100, 20_000).early).toBe(1)
  })
})

describe('other constants', () => {
  const of = (name: string) => alternatives[name] as Constants

  test('three mean gaps are too few', () => {
    expect(newConnections(1, 10_000, of('3 ÷ rate')).refused).toBeGreaterThan(0.15)
  })

  test('eight mean gaps lose less and cost three seconds at 1/s, nothing at 3/s', () => {
    expect(newConnections(1, 10_000, of('max(3, 8 ÷ rate)')).refused).toBeLessThan(0.01)
    expect(newConnections(1, 1000, of('max(3, 8 ÷ rate)')).window).toBeGreaterThan(7500)
    expect(newConnections(3, 1000, of('max(3, 8 ÷ rate)')).window).toBeLessThan(5100)
  })

  test('a least quiet of one second loses more', () => {
    expect(newConnections(3, 10_000, of('at least 1')).refused).toBeGreaterThan(0.06)
  })
})

// Not a test but a command: LAMEDUCK_SIMULATION says how many drains each cell of the tables is made of.
const drainsPerCell = env['LAMEDUCK_SIMULATION']
if (drainsPerCell) {
  test('prints the tables', { timeout: 600_000 }, () => console.log(tables(Number(drainsPerCell))))
}
