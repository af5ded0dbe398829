import { type Cancel, type Clock, systemClock } from '../clock.js'

/** A clock that is moved by hand. */
export interface FakeClock extends Clock {
  /** How many timers are set. */
  readonly pending: number
  /** Moves time on by `duration` milliseconds; timers fire in order, each with the promises it settles. */
  advance(duration: number): Promise<void>
}

/** Lets promises that are settled now reach those who wait for them, however long the chain. */
const settle = () => new Promise<void>((resolve) => void systemClock.nextTurn(resolve))

/** Creates a clock that stands at `start`, in Unix milliseconds. */
export function createFakeClock(start = 0): FakeClock {
  const timers = new Set<{ at: number; fn: () => void }>()
  let now = start

  const schedule = (delay: number, fn: () => void): Cancel => {
    const timer = { at: now + Math.max(0, delay), fn }
    timers.add(timer)
    return () => void timers.delete(timer)
  }

  const earliest = () => [...timers].reduce((first, each) => (each.at < first.at ? each : first))

  return {
    get pending() {
      return timers.size
    },
    now: () => now,
    after: schedule,
    later: schedule,
    nextTurn: (fn) => schedule(0, fn),
    async advance(duration) {
      const end = now + duration
      await settle()
      while (timers.size > 0 && earliest().at <= end) {
        const timer = earliest()
        timers.delete(timer)
        now = timer.at
        timer.fn()
        await settle()
      }
      now = end
    },
  }
}
