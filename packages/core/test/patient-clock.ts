import type { Clock } from '../src/clock.js'

/** The most that one turn of the event loop counts for, in milliseconds. */
const longestTurn = 5

/**
 * The real clock, but for turns of the event loop that take long: on a machine that is slow or busy a turn counts as few
 * milliseconds all the same. A test in whose process both sides of a connection run has as many turns for what it does there
 * as anywhere, and waits no longer than it has to.
 */
export function createPatientClock(): Clock {
  let now = performance.timeOrigin + performance.now()
  let lookedAt = performance.now()
  let hasLooked = false

  const look = () => {
    if (!hasLooked) {
      hasLooked = true
      setImmediate(() => {
        hasLooked = false
      }).unref()
      const at = performance.now()
      now += Math.min(longestTurn, at - lookedAt)
      lookedAt = at
    }
    return now
  }

  const schedule = (delay: number, fn: () => void, keepsAlive: boolean) => {
    const due = look() + delay
    let timer: NodeJS.Timeout
    const arm = () => {
      const left = Math.max(0, Math.ceil(due - now))
      timer = setTimeout(() => (look() < due ? arm() : fn()), Math.min(longestTurn, left))
      if (!keepsAlive) timer.unref()
    }
    arm()
    return () => clearTimeout(timer)
  }

  return {
    now: look,
    after: (delay, fn) => schedule(delay, fn, true),
    later: (delay, fn) => schedule(delay, fn, false),
    nextTurn(fn) {
      const immediate = setImmediate(fn)
      return () => clearImmediate(immediate)
    },
  }
}
