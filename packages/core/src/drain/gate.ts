import type { Clock } from '../clock.js'

/** Lets any number of waiters wait for conditions over shared state, without polling. */
export type Gate = ReturnType<typeof createGate>

/** Creates a gate nobody waits at. */
export function createGate() {
  const waiters = new Set<() => void>()
  return {
    /** Looks at every waiter's condition again. To be called whenever something that a condition reads has changed. */
    notify() {
      for (const look of [...waiters]) look()
    },
    /** Resolves as soon as `condition` holds: now, or at a later `notify()`. */
    until(condition: () => boolean): Promise<void> {
      if (condition()) return Promise.resolve()
      return new Promise((resolve) => {
        const look = () => {
          if (!condition()) return
          waiters.delete(look)
          resolve()
        }
        waiters.add(look)
      })
    },
  }
}

/** Waits until the time `due()` has come, or `ended()` holds. Both are asked again at every notification of `gate`. */
export async function waitUntil(clock: Clock, gate: Gate, due: () => number, ended = () => false) {
  let cancel = () => {}
  await gate.until(() => {
    cancel()
    const left = due() - clock.now()
    if (ended() || left <= 0) return true
    cancel = clock.after(left, gate.notify)
    return false
  })
}
