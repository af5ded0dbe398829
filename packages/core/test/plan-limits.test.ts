import { expect, test } from 'vitest'
import type { LifecycleOptions } from '../src/options/options.js'
import { anchor, makePlan, moveUp } from '../src/options/plan.js'
import { resolveSettings } from '../src/options/settings.js'

const planFor = (
  options: LifecycleOptions,
  input: { limit?: number; hasHooks?: boolean; window?: boolean } = {},
) =>
  makePlan(
    resolveSettings(
      { platform: 'kubernetes', ...options },
      { env: {}, isTerminal: false, isContainer: false },
    ),
    { hasHooks: true, window: true, linger: true, ...input },
  )

test('force leaves time for the answers that it sends, hooks or not', () => {
  expect(planFor({ gracePeriod: 1000 }, { hasHooks: false })).toMatchObject({ force: 875, deadline: 900 })
  expect(planFor({}, { hasHooks: false })).toMatchObject({ force: 27_750, deadline: 28_000 })
})

test('the default slice for hooks gives way to window and linger that were asked for', () => {
  expect(planFor({ gracePeriod: 10_000, linger: 8000, shutdownDelay: 0 }).hooks).toBe(500)
  expect(planFor({ gracePeriod: 10_000, linger: 4000, shutdownDelay: 4000 }).hooks).toBe(500)
  expect(planFor({ gracePeriod: 10_000, linger: 4000, shutdownDelay: 4000 })).toMatchObject({
    window: { max: 4000 },
    linger: 4000,
  })
})

test('what was asked for gives way to the limit of somebody else', () => {
  expect(planFor({ hookBudget: 8000 }, { limit: 5000 }).hooks).toBe(750)
  expect(planFor({ hookBudget: 100 }, { limit: 5000 }).hooks).toBe(100)
  expect(planFor({}, { limit: 5000 }).hooks).toBe(750)
  const { window, cutoff, hooks } = planFor({ shutdownDelay: 20_000, linger: 5000 }, { limit: 5000 })
  expect(window.max).toBe((4500 - hooks) / 2)
  expect(window.max).toBeLessThan(cutoff)
})

test('a limit beyond the grace period changes nothing', () => {
  const options = { shutdownDelay: 12_000, linger: 8000, hookBudget: 3000 }
  expect(planFor(options, { limit: 60_000 })).toEqual(planFor(options))
})

test('where nobody routes there is no window to adapt', () => {
  expect(planFor({}, { window: false }).window).toEqual({ min: 0, max: 0, adaptive: false })
})

test('a plan is anchored at its trigger', () => {
  expect(anchor(planFor({}), 1_000_000).at).toEqual({
    trigger: 1_000_000,
    windowEnd: 1_010_000,
    cutoff: 1_023_000,
    force: 1_024_000,
    deadline: 1_028_000,
  })
})

test('a deadline that moves up moves all that is behind it, and nothing moves back', () => {
  const { at } = anchor(planFor({}), 0)
  const short = planFor({}, { limit: 5000 })
  expect(moveUp(at, short, 8000)).toEqual({
    trigger: 0,
    windowEnd: 7000,
    cutoff: 7000,
    force: 7250,
    deadline: 8000,
  })
  expect(moveUp(at, short, 60_000)).toEqual(at)
})
