import { inspect } from 'node:util'
import type { Clock } from './clock.js'
import type { Cut } from './cut.js'
import { LifecycleError } from './errors.js'

/** Releases what it stands for. Idempotent; also with `using`. */
export type Release = Disposable & (() => void)

/** Work outside requests that the drain waits for. */
export interface Holds {
  readonly size: number
  /** @throws {LifecycleError} ARGUMENT_INVALID */
  take(name: string): Release
  /** What is still held, as the report lists it. */
  list(): Cut[]
}

/** Creates an empty set of holds; `changed` is called when the last one is released. */
export function createHolds(clock: Clock, changed: () => void): Holds {
  const held = new Set<{ name: string; since: number }>()
  return {
    get size() {
      return held.size
    },
    take(name) {
      if (typeof name !== 'string' || name === '') {
        throw new LifecycleError(
          'ARGUMENT_INVALID',
          `hold: expected a name that is not empty, got ${inspect(name)}`,
        )
      }
      const hold = { name, since: clock.now() }
      held.add(hold)
      const release = () => {
        if (held.delete(hold) && held.size === 0) changed()
      }
      return Object.assign(release, { [Symbol.dispose]: release })
    },
    list: () =>
      [...held].map(({ name, since }) => ({ kind: 'hold', name, age: Math.round(clock.now() - since) })),
  }
}
