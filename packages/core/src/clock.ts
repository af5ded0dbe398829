import timers from 'node:timers'

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

/** What time is made of. */
export interface TimeFunctions {
  readonly setTimeout: (fn: () => void, delay: number) => NodeJS.Timeout
  readonly clearTimeout: (timer: NodeJS.Timeout) => void
  readonly setImmediate: (fn: () => void) => NodeJS.Immediate
  readonly clearImmediate: (immediate: NodeJS.Immediate) => void
  /** Milliseconds since the process began, never going backwards. */
  readonly elapsed: () => number
}

/** As they are while this is loaded: tests put fake timers in their place, which would stop a drain, and all that wait for it. */
const own: TimeFunctions = {
  setTimeout: timers.setTimeout,
  clearTimeout: timers.clearTimeout,
  setImmediate: timers.setImmediate,
  clearImmediate: timers.clearImmediate,
  elapsed: performance.now.bind(performance),
}

const OwnDate = Date

/** What the wall clock says now, as a log line begins with it: ISO 8601, UTC, milliseconds. */
export const wallTime = (): string => new OwnDate().toISOString()

/** `process.nextTick`, likewise. */
export const nextTick: typeof process.nextTick = process.nextTick

/** `queueMicrotask`, likewise. */
export const inMicrotask: typeof queueMicrotask = queueMicrotask

/** Read once: it is a getter, and not a cheap one. */
const startOfTime = performance.timeOrigin

/** The real thing. */
export interface SystemClock extends Clock {
  /** Whether timers of `after` keep the process alive, those that there are and those to come. They do, until this is called. */
  holdLoop(isHeld: boolean): void
}

/** Creates the real thing: monotonic, so that a corrected wall clock cannot stretch a drain. */
export function createSystemClock({
  setTimeout,
  clearTimeout,
  setImmediate,
  clearImmediate,
  elapsed,
}: TimeFunctions = own): SystemClock {
  const pending = new Set<NodeJS.Timeout>()
  let isLoopHeld = true
  const now = () => startOfTime + elapsed()
  return {
    now,
    after(delay, fn) {
      const due = now() + delay
      let timer: NodeJS.Timeout
      // Node's timers count in whole milliseconds, may fire a fraction early, and cannot wait longer than 2^31 ms.
      const arm = () => {
        const left = Math.min(Math.ceil(due - now()), 2 ** 31 - 1)
        timer = setTimeout(() => {
          pending.delete(timer)
          if (now() < due) arm()
          else fn()
        }, left)
        pending.add(timer)
        if (!isLoopHeld) timer.unref()
      }
      arm()
      return () => {
        pending.delete(timer)
        clearTimeout(timer)
      }
    },
    later(delay, fn) {
      const timer = setTimeout(fn, Math.ceil(delay)).unref()
      return () => clearTimeout(timer)
    },
    nextTurn(fn) {
      const immediate = setImmediate(fn)
      return () => clearImmediate(immediate)
    },
    holdLoop(isHeld) {
      isLoopHeld = isHeld
      for (const timer of pending) timer[isHeld ? 'ref' : 'unref']()
    },
  }
}

/** The clock of this process. */
export const systemClock: SystemClock = createSystemClock()
