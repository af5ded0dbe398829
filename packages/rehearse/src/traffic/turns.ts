/** Something that comes as often as its weight says, compared to the others. */
export interface Weighted<T> {
  /** Whole, at least 1. */
  weight: number
  item: T
}

/**
 * The shortest row in which every item comes as often as its weight says, spread as evenly as can be: with weights 3 and 1 that is
 * a, a, b, a. Each place goes to the item that is furthest behind its share.
 *
 * @param weighted at least one
 */
export function turnsOf<T>(weighted: readonly Weighted<T>[]): T[] {
  const divisor = weighted.map(({ weight }) => weight).reduce(greatestCommonDivisor)
  const runners = weighted.map(({ weight, item }) => ({ item, share: weight / divisor, credit: 0 }))
  const length = runners.reduce((sum, { share }) => sum + share, 0)
  return Array.from({ length }, () => {
    for (const runner of runners) runner.credit += runner.share
    const next = runners.reduce((best, runner) => (runner.credit > best.credit ? runner : best))
    next.credit -= length
    return next.item
  })
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}
