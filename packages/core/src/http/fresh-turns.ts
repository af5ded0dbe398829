import type { Clock } from '../clock.js'

/** A turn of the event loop that was as short as this, in milliseconds, has read nearly all that has arrived by its end. */
const fresh = 0.2
/** After such a turn there is time for more than one. */
const slice = 0.1
/** Where there are thousands, or the event loop is busy, those that are left after this long do not wait for turns of their own. */
const patience = 300
/** They follow within this long, if it takes no more of a turn than the last of these. */
const spread = 400
const longestSlice = 3

/** What is to be done with some items, one after the other. */
export interface InTurn<T> {
  /** Whether it is to be done with this one: asked when its turn is to come, and again when it has. */
  readonly is?: (item: T) => boolean
  readonly work: (item: T) => void
  /** Asked before each turn; if it promises something, that is waited for. */
  readonly rest?: () => Promise<void> | undefined
}

/**
 * Does `work` right after the event loop has read what the kernel had for an item: a request that arrives after that meets a
 * connection that is closed. So each has a turn of its own, or one with the few that fit into 0.1 ms if nothing else has
 * taken time; from 300 ms on one with others, so that it is over after 700.
 */
export async function inFreshTurns<T>(
  clock: Clock,
  items: readonly T[],
  { is = () => true, work, rest }: InTurn<T>,
): Promise<void> {
  const hurryAt = clock.now() + patience
  let last = Number.NEGATIVE_INFINITY
  let until = last
  let limit = last
  let due = 0

  const nextTurn = async () => {
    const rested = rest?.()
    await rested
    // It may have ended anywhere in a turn.
    if (rested !== undefined) last = Number.NEGATIVE_INFINITY
    await new Promise<void>((resolve) => clock.nextTurn(resolve))
    const now = clock.now()
    until = now - last <= fresh ? now + slice : now
    limit = now + longestSlice
    due = (items.length * (now - hurryAt)) / spread
  }

  for (const [at, item] of items.entries()) {
    if (!is(item)) continue
    if (last >= limit || (last >= until && at >= due)) await nextTurn()
    if (!is(item)) continue
    work(item)
    last = clock.now()
  }
}
