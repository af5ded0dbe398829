import type { Clock } from '../clock.js'
import { type Gate, waitUntil } from './gate.js'

/** What the step depends on; each is asked again whenever it may have changed. */
export interface Lingering {
  /** Until when the listener stays open for idle connections, in Unix milliseconds. */
  readonly until: () => number
  /** Until when the listener stays open for newcomers alone. */
  readonly newcomers: () => number
  /** Whether anybody is idle who may still send a request: to ask is to walk over the connections. */
  readonly hasIdle: () => boolean
  /** Whether no connection is open at all. */
  readonly isDeserted: () => boolean
  /** Whether nobody has time for this any more. */
  readonly isEnded: () => boolean
}

/** How often is looked whether an idle connection is left, in milliseconds. */
const look = 100

/**
 * Lets idle connections have one last request each. The listener is open meanwhile: that costs no time, and whoever is
 * still routed here is served.
 */
export async function linger(clock: Clock, gate: Gate, lingering: Lingering): Promise<void> {
  const { until, newcomers, hasIdle, isDeserted, isEnded } = lingering
  const isLeft = (point: number) => clock.now() < point
  const somebodyIsIdle = () => isLeft(until()) && hasIdle()
  const mayEnd = () => isEnded() || (isDeserted() && !isLeft(newcomers()))
  while (!mayEnd()) {
    const isIdle = somebodyIsIdle()
    if (!isIdle && !isLeft(newcomers())) return
    const next = Math.min(until(), clock.now() + look)
    await waitUntil(clock, gate, () => (isIdle ? next : newcomers()), mayEnd)
  }
}
