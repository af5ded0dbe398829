import type { Clock } from '../clock.js'
import type { Gate } from './gate.js'

/** What the step depends on; each is asked again whenever it may have changed. */
export interface Work {
  /** Whether there is no more time for it. */
  readonly isEnded: () => boolean
  /** Whether nobody in this process has work, and idle connections have had their time. */
  readonly mayCloseIdle: () => boolean
  /** Closes the connections without work, and waits until they are gone, or time is over. */
  readonly closeIdle: () => Promise<void>
  /** Whether nothing is left: no work, and no connection on which any could come. */
  readonly isDone: () => boolean
}

/** Requests, holds and slow readers finish; idle connections stay while anybody works. */
export async function finishWork(
  clock: Clock,
  gate: Gate,
  { isEnded, mayCloseIdle, closeIdle, isDone }: Work,
): Promise<void> {
  while (!isEnded()) {
    await gate.until(() => isEnded() || mayCloseIdle())
    if (isEnded()) return
    await closeIdle()
    if (isDone()) return
    await new Promise<void>((resolve) => clock.nextTurn(resolve))
  }
}
