import type { Plan } from '../options/plan.js'

/** The least time without new connections that counts as quiet. */
const leastQuiet = 2000
/** Quiet is this many times the mean time between requests: e^-5 is under 1 %. */
const meansOfSilence = 5

/** What the window watches. */
export interface Traffic {
  /** Requests per second in the minute before the trigger. */
  readonly rate: number
  /** When somebody who is no probe last connected anew, if anybody has since the trigger. */
  lastArrival: number | undefined
}

/** How long nobody may have connected before the window counts as quiet; more than `max` means it cannot tell. */
function quietPeriod(rate: number): number {
  return rate > 0 ? Math.max(leastQuiet, (meansOfSilence * 1000) / rate) : Number.POSITIVE_INFINITY
}

/**
 * When the window is over, judged by what has happened so far; a later arrival moves it. `latest` is the point beyond
 * which traffic that still comes cannot extend it.
 */
export function windowEnd(
  plan: Plan['window'],
  trigger: number,
  traffic: Readonly<Traffic>,
  latest: number,
): number {
  const min = trigger + plan.min
  const max = trigger + plan.max
  if (!plan.adaptive) return max
  const quiet = quietPeriod(traffic.rate)
  if (quiet <= plan.max) {
    const over = Math.max(min, (traffic.lastArrival ?? trigger) + quiet)
    if (over <= max) return over
  }
  if (traffic.lastArrival === undefined) return max
  const stillRouted = traffic.lastArrival + Math.min(quiet, plan.max)
  return Math.max(max, Math.min(stillRouted, latest))
}
