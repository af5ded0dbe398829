import { LifecycleError } from '../errors.js'
import type { Lifecycle } from '../lifecycle/lifecycle.js'
import type { Seats } from '../lifecycle/seats.js'

/**
 * Makes a framework's own close the last step of the drain.
 *
 * @returns what takes the place of that close: it drains first, and gives the close's own result
 */
export function takeOverClose<Result>(
  lifecycle: Pick<Lifecycle, 'stop'>,
  seats: Pick<Seats, 'closeWith'>,
  name: string,
  close: () => Promise<Result>,
): () => Promise<Result | undefined> {
  let closing: Promise<Result> | undefined

  seats.closeWith({
    name,
    fn() {
      closing = close()
      return closing
    },
  })

  return async () => {
    await lifecycle.stop({ reason: 'app.close()' })
    const unfinished = new LifecycleError(
      'CLOSE_TIMED_OUT',
      `${name}(): expected the framework's own close to finish within the grace period; one of its hooks did not`,
    )
    // The close comes first: where it has ended, that counts.
    return Promise.race([closing, Promise.reject(unfinished)])
  }
}
