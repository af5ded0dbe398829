import type { Clock } from '../clock.js'

/** Two turns of the event loop without a new connection: the kernel's queue is empty (libuv accepts one a turn). */
const quietTurns = 2
/** With ever more connections coming the queue never empties; then the listener closes all the same. */
const longest = 500

/** Resolves, in the turn itself, as soon as the accept queue is empty. `accepted` counts connections. */
export function acceptQuietly(clock: Clock, accepted: () => number): Promise<void> {
  const until = clock.now() + longest
  return new Promise((resolve) => {
    const look = (seen: number, quiet: number) => {
      if (quiet >= quietTurns || clock.now() >= until) return resolve()
      clock.nextTurn(() => {
        const now = accepted()
        look(now, now === seen ? quiet + 1 : 0)
      })
    }
    look(accepted(), 0)
  })
}
