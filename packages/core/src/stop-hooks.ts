import { LifecycleError } from './errors.js'
import type { Hook } from './hooks.js'
import { checkNamed } from './startup-tasks.js'

/** What runs after the drain: `onStop` functions in reverse order, then the frameworks' own closes. */
export interface StopHooks {
  readonly size: number
  /** @throws {LifecycleError} NAME_TAKEN, ARGUMENT_INVALID; ILLEGAL_TRANSITION when sealed */
  add(hook: Hook): void
  addCloser(hook: Hook): void
  /** The functions in the order in which they run; nothing can be added any more. */
  seal(): readonly Hook[]
  closers(): readonly Hook[]
}

function checkTimeout({ name, timeout }: Hook): void {
  if (timeout === undefined || (typeof timeout === 'number' && timeout > 0 && Number.isFinite(timeout)))
    return
  throw new LifecycleError(
    'ARGUMENT_INVALID',
    `onStop: expected the timeout of "${name}" to be a finite number of milliseconds greater than 0, got ${String(timeout)}`,
  )
}

/** Creates an empty list. */
export function createStopHooks(): StopHooks {
  const hooks: Hook[] = []
  const closers: Hook[] = []
  let isSealed = false
  return {
    get size() {
      return hooks.length + closers.length
    },
    add(hook) {
      checkNamed('onStop', hook.name, hook.fn)
      checkTimeout(hook)
      if (isSealed) {
        throw new LifecycleError(
          'ILLEGAL_TRANSITION',
          `onStop("${hook.name}") would never run: the functions are running already, or have run`,
        )
      }
      if (hooks.some(({ name }) => name === hook.name)) {
        throw new LifecycleError('NAME_TAKEN', `onStop: there is a function named "${hook.name}" already`)
      }
      hooks.push(hook)
    },
    addCloser: (hook) => void closers.push(hook),
    seal() {
      isSealed = true
      return hooks.toReversed()
    },
    closers: () => closers,
  }
}
