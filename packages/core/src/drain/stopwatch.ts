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

/** Measures the steps of a drain, one after the other, from now on. */
export function createStopwatch(clock: Clock) {
  const startedAt = clock.now()
  const laps = { window: 0, linger: 0, closing: 0, inFlight: 0, cutoff: 0, hooks: 0 }
  let lapStartedAt = startedAt
  return {
    /** Ends a step, and begins the next. */
    lap(step: keyof typeof laps) {
      const now = clock.now()
      laps[step] = Math.round(now - lapStartedAt)
      lapStartedAt = now
    },
    durations: (): StepDurations => ({ ...laps, total: Math.round(clock.now() - startedAt) }),
  }
}
