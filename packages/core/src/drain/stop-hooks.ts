import { LifecycleError } from '../errors.js'
import { type Duration, toMilliseconds } from '../options/durations.js'
import { demand, demandNamed, objectOf, positiveTime } from '../options/rules.js'
import type { Hook } from './hooks.js'
import type { StopContext } from './trigger.js'

/** What runs after the drain: `onStop` functions in reverse order, then the frameworks' own closes. */
export type StopHooks = ReturnType<typeof createStopHooks>

const options = objectOf({ timeout: positiveTime })

/** A framework's own close. */
export interface Closer {
  readonly name: string
  readonly fn: (context: StopContext) => unknown
}

/**
 * Creates an empty list.
 *
 * @param context why the functions run, once they do
 * @param closing is given a framework's close; calls it now or later, and gives what the drain has to wait for
 */
export function createStopHooks(context: () => StopContext, closing: (close: () => unknown) => unknown) {
  const hooks: Hook[] = []
  const closers: Hook[] = []
  const enders: Hook[] = []
  let isSealed = false
  return {
    get size() {
      return hooks.length + closers.length
    },
    /** @throws {LifecycleError} ARGUMENT_INVALID, OPTION_INVALID, OPTION_UNKNOWN, NAME_TAKEN; REGISTERED_TOO_LATE when sealed */
    add(name: string, fn: (context: StopContext) => unknown, given: { timeout?: Duration | undefined } = {}) {
      demandNamed('onStop', name, fn, hooks)
      demand('OPTION_INVALID', `onStop("${name}")`, options, given)
      if (isSealed) {
        const why = 'would never run: the functions are running already, or have run'
        throw new LifecycleError('REGISTERED_TOO_LATE', `onStop("${name}") ${why}`)
      }
      hooks.push({ name, fn: () => fn(context()), timeout: toMilliseconds(given.timeout) })
    },
    addCloser: ({ name, fn }: Closer) => void closers.push({ name, fn: () => closing(() => fn(context())) }),
    /** The functions in the order in which they run; nothing can be added any more. */
    seal(): readonly Hook[] {
      isSealed = true
      return hooks.toReversed()
    },
    closers,
    /** A framework's hooks that end its long work while draining. */
    addEnder: ({ name, fn }: Closer) => void enders.push({ name, fn: () => fn(context()) }),
    enders,
  }
}
