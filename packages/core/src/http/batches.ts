import type { Clock } from '../clock.js'

/**
 * Does `work` for every item, `size` of them at once. Each batch has its turn right after the event loop has read what
 * the kernel had for it.
 *
 * @param breathe is awaited after each batch, if there is more to do between them
 */
export async function inBatches<T>(
  clock: Clock,
  items: readonly T[],
  size: number,
  work: (item: T) => void,
  breathe?: () => Promise<void>,
): Promise<void> {
  for (let from = 0; from < items.length; from += size) {
    await new Promise<void>((resolve) => clock.nextTurn(resolve))
    for (const item of items.slice(from, from + size)) work(item)
    await breathe?.()
  }
}
