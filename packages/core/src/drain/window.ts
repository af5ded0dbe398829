import type { Plan } from '../options/plan.js'

/** Who comes through the door last has at least this long until the cutoff, in milliseconds. */
export const timeForTheLast = 1000
/** The least time without new connections that counts as quiet. */
const leastQuiet = 3000
/** Quiet is this many times the mean time between new connections: e^-8 is three in ten thousand. */
const meansOfSilence = 8

/** What the window watches. */
export interface Traffic {
  /** Requests per second in the minute before the trigger. */
  readonly rate: number
  /** The share of the connections open at the trigger that has gone since: clients on the others open no new one. */
  readonly gone: number
  /** When somebody who is no probe last connected anew, if anybody has since the trigger. */
  readonly lastArrival: number | undefined
}

/** How long nobody may have connected before that counts as quiet; more than `max`, or infinite, means it cannot be told. */
const quietPeriod = ({ rate, gone }: Traffic) => Math.max(leastQuiet, (meansOfSilence * 1000) / (rate * gone))

/** When it is quiet after `lastArrival`, as far as can be told, and not beyond `latest`. */
const quietAfter = (lastArrival: number, plan: Plan['window'], traffic: Traffic, latest: number) =>
  Math.min(lastArrival + Math.min(quietPeriod(traffic), plan.max), latest)

/**
 * When the window is over, judged by what has happened so far; a later arrival moves it. `latest` is the point beyond
 * which traffic that still comes cannot extend it.
 */
export function windowEnd(plan: Plan['window'], trigger: number, traffic: Traffic, latest: number): number {
  const { lastArrival } = traffic
  const min = trigger + plan.min
  const max = trigger + plan.max
  if (!plan.adaptive) return max
  const over = Math.max(min, (lastArrival ?? trigger) + quietPeriod(traffic))
  if (over <= max) return over
  return lastArrival === undefined ? max : Math.max(max, quietAfter(lastArrival, plan, traffic, latest))
}

/**
 * Until when the listener stays open for newcomers alone, once the window was over at `began`: whoever has come since
 * then is still routed here, and others may be. Not beyond the window's own `latest` point.
 */
export function newcomersEnd(plan: Plan['window'], began: number, traffic: Traffic, latest: number): number {
  const { lastArrival } = traffic
  if (!plan.adaptive || lastArrival === undefined || lastArrival < began) return began
  return quietAfter(lastArrival, plan, traffic, latest)
}
