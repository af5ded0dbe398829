import type { Clock } from '../clock.js'
import type { HookOutcome } from '../drain/report.js'
import { demandNamed } from '../options/rules.js'

/**
 * Creates an empty list of work that has to be done before the process is ready; `finished` is told how each ended.
 * `signal` aborts when it is no longer wanted.
 */
export function createStartupTasks(
  clock: Clock,
  signal: AbortSignal,
  finished: (outcome: HookOutcome) => void,
) {
  const tasks: { readonly name: string }[] = []
  let pending = 0
  let slowest: HookOutcome | undefined

  const settle = (outcome: HookOutcome) => {
    pending--
    if (slowest === undefined || outcome.duration > slowest.duration) slowest = outcome
    finished(outcome)
  }

  return {
    /** How many are not done. */
    get pending() {
      return pending
    },
    /** The one that took longest. */
    get slowest() {
      return slowest
    },
    /** Resolves when it is over. @throws {LifecycleError} ARGUMENT_INVALID, NAME_TAKEN */
    start(name: string, fn: (signal: AbortSignal) => unknown) {
      demandNamed('startup', name, fn, tasks)
      tasks.push({ name })
      pending++
      const startedAt = clock.now()
      const duration = () => Math.round(clock.now() - startedAt)
      const run = async () => fn(signal)
      return run().then(
        () => settle({ name, duration: duration(), outcome: 'done' }),
        (error: unknown) => settle({ name, duration: duration(), outcome: 'failed', error }),
      )
    },
  }
}
