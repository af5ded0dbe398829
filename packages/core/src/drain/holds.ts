import type { Clock } from '../clock.js'
import { demand, text } from '../options/rules.js'
import type { Cut } from './cut.js'

/** Releases what it stands for. Idempotent; also with `using`. */
export type Release = Disposable & (() => void)

/** Work outside requests that the drain waits for. */
export type Holds = ReturnType<typeof createHolds>

/** Creates an empty set of holds; `changed` is called when the last one is released. */
export function createHolds(clock: Clock, changed: () => void) {
  const held = new Set<{ name: string; since: number }>()
  return {
    get size() {
      return held.size
    },
    /** @throws {LifecycleError} ARGUMENT_INVALID */
    take(name: string): Release {
      demand('ARGUMENT_INVALID', 'hold: name', text, name)
      const hold = { name, since: clock.now() }
      held.add(hold)
      const release = () => {
        if (held.delete(hold) && held.size === 0) changed()
      }
      return Object.assign(release, { [Symbol.dispose]: release })
    },
    /** Remembers those that are held now; tells whether there are others. A clock cannot tell what comes in one moment. */
    others(): () => boolean {
      const known = new Set(held)
      return () => [...held].some((hold) => !known.has(hold))
    },
    /** What is still held, as the report lists it. */
    list: (): (Cut & { readonly name: string })[] =>
      [...held].map(({ name, since }) => ({ kind: 'hold', name, age: Math.round(clock.now() - since) })),
  }
}
