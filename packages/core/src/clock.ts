/** Cancels what was scheduled. Calling it twice, or too late, does nothing. */
export type Cancel = () => void

/** Time, as core sees it. Nothing else in the project reads a clock or sets a timer. */
export interface Clock {
  /** Milliseconds since the Unix epoch, never going backwards. */
  now(): number
  /** Calls `fn` once, `delay` milliseconds from now. The timer keeps the process alive. */
  after(delay: number, fn: () => void): Cancel
  /** Calls `fn` after the event loop has looked for input once more. */
  nextTurn(fn: () => void): Cancel
}

/** The real thing: monotonic, so that a corrected wall clock cannot stretch a drain. */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  after(delay, fn) {
    const timer = setTimeout(fn, Math.min(delay, 2 ** 31 - 1))
    return () => clearTimeout(timer)
  },
  nextTurn(fn) {
    const immediate = setImmediate(fn)
    return () => clearImmediate(immediate)
  },
}
