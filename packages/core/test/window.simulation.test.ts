import { env } from 'node:process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newcomersEnd, windowEnd } from '../src/drain/window.js'
import { type Constants, earlier, endsWith, latest, present, simulate } from './window.simulation.js'
import { alternatives, tables } from './window.simulation.tables.js'

const drains = 400
const newConnections = (rate: number, delay: number, constants: Constants = present) =>
  simulate(constants, { rate, delay, pool: 0 }, drains)
const keptAlive = (rate: number, delay: number, constants: Constants = present, pool = 20) =>
  simulate(constants, { rate, delay, pool }, drains)

test('the simulation asks the real functions', () => {
  const adaptive = { min: present.min, max: present.max, adaptive: true }
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1000, noNaN: true }),
      share,
      fc.option(fc.nat(30_000)),
      (rate, gone, arrival) => {
        const traffic = { rate, gone, lastArrival: arrival ?? undefined }
        const ends = endsWith(present, traffic)
        expect(ends.window).toBe(windowEnd(adaptive, 0, traffic, latest))
        expect(ends.newcomersFrom(6000)).toBe(newcomersEnd(adaptive, 6000, traffic, latest))
      },
    ),
  )
})

test('for other constants, too', () => {
  const end = (constants: Partial<Constants>, rate: number, lastArrival: number) =>
    endsWith({ ...present, ...constants }, { rate, gone: 1, lastArrival }).window
  expect(end({ meansOfSilence: 5 }, 1, 4000)).toBeCloseTo(9000)
  expect(end({ leastQuiet: 2000 }, 100, 4000)).toBeCloseTo(6000)
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

  test('a listener is open no longer than min when the balancer is quick and requests are not rare', () => {
    expect(newConnections(100, 2000).longOpen).toBe(5000)
    expect(newConnections(3, 1500).open).toBeLessThan(5100)
  })

  test('it outlasts its balancer by three seconds where requests are many', () => {
    expect(newConnections(100, 8000).open).toBeCloseTo(11_000, -2)
  })

  test('hardly a drain turns somebody away at delays of up to 14 s, with connections kept alive or without', () => {
    for (const rate of [1, 3, 10]) {
      for (const delay of [6000, 8000, 10_000, 12_000, 14_000]) {
        expect(newConnections(rate, delay).refused).toBeLessThan(0.015)
        for (const pool of [20, 200])
          expect(keptAlive(rate, delay, present, pool).refused).toBeLessThan(0.015)
      }
    }
  })

  test('no drain is longer than it was where nobody comes', () => {
    for (const pool of [0, 20, 200]) {
      const circumstances = { rate: 0.001, delay: 0, pool }
      const now = simulate(present, circumstances, 20)
      expect(now.drain).toBeLessThanOrEqual(simulate(earlier, circumstances, 20).drain)
    }
  })

  test('a balancer that takes longer than the longest extension always loses', () => {
    expect(newConnections(100, 20_000).early).toBe(1)
  })
})

describe('other constants', () => {
  const of = (name: string) => alternatives[name] as Constants

  test('five mean gaps are fewer', () => {
    expect(newConnections(1, 10_000, of('5 ÷ rate')).refused).toBeGreaterThan(0.015)
  })

  test('a rate that counts what is kept alive loses more', () => {
    expect(keptAlive(3, 14_000, of('not less what is kept alive'), 200).refused).toBeGreaterThan(0.1)
  })

  test('a listener that closes before idle connections linger turns away many whom they hid', () => {
    const before = of('max(2, 5 ÷ rate), closed before lingering')
    expect(keptAlive(3, 8000, before).refused).toBeGreaterThan(0.15)
    expect(keptAlive(3, 10_000, before, 200).refused).toBeGreaterThan(0.5)
  })
})

// Not a test but a command: LAMEDUCK_SIMULATION says how many drains each cell of the tables is made of.
const drainsPerCell = env['LAMEDUCK_SIMULATION']
if (drainsPerCell) {
  test('prints the tables', { timeout: 600_000 }, () => console.log(tables(Number(drainsPerCell))))
}
