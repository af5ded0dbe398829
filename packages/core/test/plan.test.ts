import { describe, expect, test } from 'vitest'
import type { LifecycleOptions } from '../src/options/options.js'
import { makePlan } from '../src/options/plan.js'
import { type Platform, presets } from '../src/options/platform.js'
import { resolveSettings } from '../src/options/settings.js'

const settings = (options: LifecycleOptions = {}, env: Record<string, string> = {}) =>
  resolveSettings(options, { env, isTerminal: false, isContainer: false })
const everything = { hasHooks: true, window: true, linger: true }
const planFor = (options: LifecycleOptions, input = everything) => makePlan(settings(options), input)

describe('the plan', () => {
  test('divides 30 s on Kubernetes as documented', () => {
    expect(planFor({ platform: 'kubernetes' })).toMatchObject({
      margin: 2000,
      hooks: 4000,
      abort: 1000,
      window: { min: 5000, max: 10_000, adaptive: true },
      linger: 5000,
      cutoff: 23_000,
      force: 24_000,
      deadline: 28_000,
    })
  })

  test('keeps only the time for last answers when there is nothing to stop', () => {
    const plan = planFor({ platform: 'kubernetes' }, { ...everything, hasHooks: false })
    expect(plan).toMatchObject({ hooks: 0, force: 27_750, cutoff: 26_750 })
  })

  test('scales a default window by one factor to half of what hooks and margin leave', () => {
    const { window } = planFor({ platform: 'kubernetes', gracePeriod: 10_000 })
    expect(window).toMatchObject({ min: 1875, max: 3750 })
  })

  test('never scales an explicit window', () => {
    const { window } = planFor({ platform: 'kubernetes', gracePeriod: 10_000, shutdownDelay: 8000 })
    expect(window).toEqual({ min: 8000, max: 8000, adaptive: false })
  })

  test('shrinks the default slice for hooks before an explicit window', () => {
    const plan = planFor({ platform: 'kubernetes', gracePeriod: 10_000, shutdownDelay: 8000 })
    expect(plan.cutoff).toBe(8000)
    expect(plan.hooks).toBe(500)
  })

  for (const platform of Object.keys(presets) as Platform[]) {
    for (const gracePeriod of [1000, 1600, 5000, 10_000, 30_000, 300_000]) {
      test(`fits ${gracePeriod} ms on ${platform}`, () => {
        const plan = planFor({ platform, gracePeriod })
        expect(plan.window.min).toBeLessThanOrEqual(plan.window.max)
        expect(plan.window.max + plan.linger).toBeLessThanOrEqual(plan.cutoff)
        expect(plan.window.max).toBeLessThanOrEqual((gracePeriod - plan.margin - plan.hooks) / 2)
        expect(plan.cutoff).toBeLessThan(plan.force)
        expect(plan.force).toBeLessThan(plan.deadline)
        expect(plan.deadline).toBeLessThan(gracePeriod)
      })
    }
  }
})
