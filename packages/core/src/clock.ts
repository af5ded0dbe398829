/** Cancels what was scheduled. Calling it twice, or too late, does nothing. */
export type Cancel = () => void

/** Time, as core sees it. Nothing else in the project reads a clock or sets a timer. */
export interface Clock {
  /** Milliseconds since the Unix epoch, never going backwards. */
  now(): number
  /** Calls `fn` once, `delay` milliseconds from now. The timer keeps the process alive. */
  after(delay: number, fn: () => void): Cancel
  /** As `after`, but does not keep the process alive. */
  later(delay: number, fn: () => void): Cancel
  /** Calls `fn` after the event loop has looked for input once more. */
  nextTurn(fn: () => void): Cancel
}

/** Read once: it is a getter, and not a cheap one. */
const startOfTime = performance.timeOrigin

/** The real thing: monotonic, so that a corrected wall clock cannot stretch a drain. */
export const systemClock: Clock = {
  now: () => startOfTime + performance.now(),
  after(delay, fn) {
    const due = systemClock.now() + delay
    let timer: NodeJS.Timeout
    // Node's timers count in whole milliseconds, may fire a fraction early, and cannot wait longer than 2^31 ms.
    const arm = () => {
      const left = Math.min(Math.ceil(due - systemClock.now()), 2 ** 31 - 1)
      timer = setTimeout(() => (systemClock.now() < due ? arm() : fn()), left)
    }
    arm()
    return () => clearTimeout(timer)
  },
  later(delay, fn) {
    const timer = setTimeout(fn, Math.ceil(delay)).unref()
    return () => clearTimeout(timer)
  },
  nextTurn(fn) {
    const immediate = setImmediate(fn)
    return () => clearImmediate(immediate)
  },
}
