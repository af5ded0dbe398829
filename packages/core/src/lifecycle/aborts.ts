import { inspect } from 'node:util'
import type { Clock } from '../clock.js'

/** What an error says of itself; an application's getters may throw. */
function read(error: object, key: 'cause' | 'errors' | 'name'): unknown {
  try {
    return (error as Record<string, unknown>)[key]
  } catch {
    return undefined
  }
}

/** Names of errors that say no more than that something was aborted: libraries that know no reason throw them. */
const abortNames: readonly unknown[] = ['AbortError', 'CanceledError']

/**
 * Creates the judgement whether an uncaught error is, or is caused by, the abort of one of these signals: it carries the reason of the
 * abort, or it says only that it was aborted, and comes in the very turn of the event loop in which one of them aborts. One that is
 * costs no more than a warning.
 */
export function createAborts(clock: Clock, signals: readonly AbortSignal[], warn: (message: string) => void) {
  let isAborting = false
  for (const signal of signals) {
    signal.addEventListener('abort', () => {
      isAborting = true
      clock.nextTurn(() => {
        isAborting = false
      })
    })
  }

  const isCausedByAbort = (error: unknown, seen: ReadonlySet<unknown> = new Set()): boolean => {
    if (Object(error) !== error || seen.has(error)) return false
    if (signals.some(({ aborted, reason }) => aborted && reason === error)) return true
    const known = new Set([...seen, error])
    const cause = read(error as object, 'cause')
    if (cause !== undefined) return isCausedByAbort(cause, known)
    const errors = read(error as object, 'errors')
    if (Array.isArray(errors) && errors.length > 0) {
      return errors.every((each) => isCausedByAbort(each, known))
    }
    return isAborting && abortNames.includes(read(error as object, 'name'))
  }

  return (error: unknown): boolean => {
    if (!isCausedByAbort(error)) return false
    warn(
      `nobody waited for what lifecycle.signal or lifecycle.cutoff has ended; it is no crash: ${inspect(error)}`,
    )
    return true
  }
}
