import type { Clock } from '../clock.js'

/** Doing something to thousands of connections at once blocks the event loop; this many take about 5 ms. */
const batch = 100

/** Does `work` for every item, a hundred in each turn of the event loop: for what nobody can lose anything by. */
export async function inBatches<T>(
  clock: Clock,
  items: readonly T[],
  work: (item: T) => void,
): Promise<void> {
  for (let from = 0; from < items.length; from += batch) {
    await new Promise<void>((resolve) => clock.nextTurn(resolve))
    for (const item of items.slice(from, from + batch)) work(item)
  }
}
