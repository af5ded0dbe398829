import type { Clock } from './clock.js'

/** Milliseconds that each step of the drain took. */
export interface StepDurations {
  readonly window: number
  readonly closing: number
  readonly inFlight: number
  readonly cutoff: number
  readonly hooks: number
  readonly total: number
}

type Step = Exclude<keyof StepDurations, 'total'>

/** Measures the steps of a drain, one after the other. */
export interface Stopwatch {
  /** Ends a step, and begins the next. */
  lap(step: Step): void
  durations(): StepDurations
}

/** Creates a stopwatch that is running. */
export function createStopwatch(clock: Clock): Stopwatch {
  const startedAt = clock.now()
  const laps: Record<Step, number> = { window: 0, closing: 0, inFlight: 0, cutoff: 0, hooks: 0 }
  let lapStartedAt = startedAt
  return {
    lap(step) {
      const now = clock.now()
      laps[step] = Math.round(now - lapStartedAt)
      lapStartedAt = now
    },
    durations: () => ({ ...laps, total: Math.round(clock.now() - startedAt) }),
  }
}
