import type { Clock } from './clock.js'
import { LifecycleError } from './errors.js'
import type { HookOutcome } from './report.js'

/** Work that has to be done before the process is ready. */
export interface StartupTasks {
  /** Tasks that are not done. */
  readonly pending: number
  /** The task that took longest. */
  readonly slowest: HookOutcome | undefined
  /** @throws {LifecycleError} NAME_TAKEN, ARGUMENT_INVALID */
  start(name: string, fn: (signal: AbortSignal) => unknown): void
}

/** Creates an empty list; `finished` is told how each task ended. `signal` aborts when it is no longer wanted. */
export function createStartupTasks(
  clock: Clock,
  signal: AbortSignal,
  finished: (outcome: HookOutcome) => void,
): StartupTasks {
  const names = new Set<string>()
  let pending = 0
  let slowest: HookOutcome | undefined

  const settle = (outcome: HookOutcome) => {
    pending--
    if (slowest === undefined || outcome.duration > slowest.duration) slowest = outcome
    finished(outcome)
  }

  return {
    get pending() {
      return pending
    },
    get slowest() {
      return slowest
    },
    start(name, fn) {
      checkNamed('startup', name, fn)
      if (names.has(name)) {
        throw new LifecycleError('NAME_TAKEN', `startup: there is a task named "${name}" already`)
      }
      names.add(name)
      pending++
      const startedAt = clock.now()
      const duration = () => Math.round(clock.now() - startedAt)
      const run = async () => fn(signal)
      run().then(
        () => settle({ name, duration: duration(), outcome: 'done' }),
        (error: unknown) => settle({ name, duration: duration(), outcome: 'failed', error }),
      )
    },
  }
}

/**
 * Refuses what is not a name and a function.
 *
 * @throws {LifecycleError} ARGUMENT_INVALID
 */
export function checkNamed(method: string, name: unknown, fn: unknown): void {
  if (typeof name !== 'string' || name === '') {
    const got = typeof name === 'string' ? '""' : typeof name
    throw new LifecycleError('ARGUMENT_INVALID', `${method}: expected a name that is not empty, got ${got}`)
  }
  if (typeof fn !== 'function') {
    throw new LifecycleError(
      'ARGUMENT_INVALID',
      `${method}: expected "${name}" to be a function, got ${typeof fn}`,
    )
  }
}
