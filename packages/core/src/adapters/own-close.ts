import { EventEmitter } from 'node:events'
import { currentPart } from '../drain/part.js'
import { LifecycleError } from '../errors.js'
import type { Lifecycle } from '../lifecycle/lifecycle.js'
import type { Seats } from '../lifecycle/seats.js'

/**
 * Makes a framework's own close the last step of the drain.
 *
 * @returns what takes the place of that close: it drains first, and gives the close's own result. Called by an `onStop`
 * function it closes at once, for everything has drained; an `onDrain` function that awaits it does not hold the drain
 */
export function takeOverClose<Result>(
  lifecycle: Pick<Lifecycle, 'stop'>,
  seats: Pick<Seats, 'closeWith'>,
  name: string,
  close: () => Promise<Result>,
): () => Promise<Result | undefined> {
  let closing: Promise<Result> | undefined
  const turn = new EventEmitter<{ closing: [Promise<Result>] }>().setMaxListeners(0)

  const closeOnce = () => {
    closing ??= close()
    turn.emit('closing', closing)
    return closing
  }

  seats.closeWith({ name, fn: closeOnce })

  const stop = async () => {
    await lifecycle.stop({ reason: 'app.close()' })
    const unfinished = new LifecycleError(
      'CLOSE_TIMED_OUT',
      `${name}(): expected the framework's own close to finish within the grace period; one of its hooks did not`,
    )
    // The close comes first: where it has ended, that counts.
    return Promise.race([closing, Promise.reject(unfinished)])
  }

  return async () => {
    const part = currentPart()
    if (part === undefined) return stop()
    if (part.step === 'hook') return closeOnce()
    const goOn = part.standAside()
    const closed = closing ?? new Promise<Result>((resolve) => turn.once('closing', resolve))
    try {
      // The drain waits for this function again before it says that it is over.
      return await Promise.race([closed, stop()])
    } finally {
      goOn()
    }
  }
}
