import type { Clock } from '../clock.js'

/** Milliseconds that each step of the drain took. */
export interface StepDurations {
  readonly window: number
  readonly linger: number
  readonly closing: number
  readonly inFlight: number
  readonly cutoff: number
  readonly hooks: number
  readonly total: number
}

/** Measures the steps of a drain, one after the other, from now on. Together they last as long as the drain, to the millisecond. */
export function createStopwatch(clock: Clock) {
  const startedAt = clock.now()
  const since = () => Math.round(clock.now() - startedAt)
  const laps = { window: 0, linger: 0, closing: 0, inFlight: 0, cutoff: 0, hooks: 0 }
  const steps = Object.keys(laps) as (keyof typeof laps)[]
  let underWay: keyof typeof laps = 'window'
  let lapStartedAt = 0
  return {
    /** Ends a step, and begins the next. */
    lap(step: keyof typeof laps) {
      const now = since()
      laps[step] = now - lapStartedAt
      lapStartedAt = now
      underWay = steps[steps.indexOf(step) + 1] ?? step
    },
    durations(): StepDurations {
      const total = since()
      return { ...laps, [underWay]: laps[underWay] + total - lapStartedAt, total }
    },
  }
}
