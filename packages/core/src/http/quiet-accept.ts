import type { Server } from 'node:net'
import type { Clock } from '../clock.js'
import type { Arrivals } from './arrivals.js'
import { barTheDoor, canBeBarred, usualBacklog } from './bar-the-door.js'
import { findWay } from './find-way.js'

/** Clients that connect anew after each answer need about this long to come back, and then wait for the next answer. */
const calm = 10
/**
 * A door that could not be barred has turned clients away in the middle of their handshake, who believe that they are
 * connected. What they send is sent again after 200 ms, the least that TCP waits on Linux, and lets them in.
 */
const forgotten = 250
/** Others may keep coming: nobody is held up longer than this for a calm. */
const longestWaitForCalm = 400
/** A door is tried by IPv4 and by IPv6. */
const addressFamilies = 2
/** Two turns of the event loop without a new connection: the kernel's queue is empty (libuv accepts one a turn). */
const quietTurns = 2
/** With ever more connections coming the queue never empties; then the listener closes all the same … */
const longest = 500
/** … but not before as many have come as may have waited in it: on a busy machine those take longer. */
const longestForThose = 2000

/**
 * Resolves as soon as the accept queue is empty, in the turn that has seen it. What is in the queue when a listener
 * closes is reset by the kernel, so a calm is waited for first, and then a quiet moment in it.
 *
 * @param door the server that is to close in that turn: where the kernel allows it, nobody can come any more in between
 */
export async function acceptQuietly(clock: Clock, arrivals: Arrivals, door?: Server): Promise<void> {
  const startedAt = clock.now()
  const before = arrivals.count
  const isLate = () => {
    const duration = clock.now() - startedAt
    return duration >= (arrivals.count - before < usualBacklog ? longestForThose : longest)
  }

  const wait = async (leastWait: number) => {
    // A calm before now says nothing: the requests of those who came were still answered then, so that they come again.
    const least = clock.now() + leastWait
    for (;;) {
      const calmAt = Math.max(arrivals.lastAt + calm, least)
      const left = Math.min(calmAt, startedAt + longestWaitForCalm) - clock.now()
      if (left <= 0) return
      await new Promise<void>((resolve) => clock.after(left, resolve))
    }
  }

  const untilQuiet = async () => {
    for (let quiet = 0; quiet < quietTurns && !isLate(); ) {
      const { count } = arrivals
      await new Promise<void>((resolve) => clock.nextTurn(resolve))
      quiet = arrivals.count === count ? quiet + 1 : 0
    }
  }

  const isInVain = createTries(arrivals)
  for (let attempt = 0; ; attempt++) {
    await wait(attempt === 0 ? calm : forgotten)
    await untilQuiet()
    if (door === undefined || !canBeBarred(door) || isInVain(attempt)) return
    const way = await findWay(door, attempt, arrivals, untilQuiet)
    if (way === undefined || (await barTheDoor(door, way)) !== 'occupied' || isLate()) return
  }
}

/** Tells whether nobody has come through the door since it was tried by both families, we ourselves included. */
function createTries(arrivals: Arrivals): (attempt: number) => boolean {
  let before: number | undefined
  return (attempt) => {
    if (attempt % addressFamilies !== 0) return false
    const { count } = arrivals
    const isInVain = count === before
    before = count
    return isInVain
  }
}
