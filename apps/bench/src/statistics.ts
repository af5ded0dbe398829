/** The value in the middle; the mean of both if there are two. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The value below which the share `q` of all values lies, interpolated. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (sorted.length - 1) * q
  const below = sorted[Math.floor(at)]
  const above = sorted[Math.ceil(at)]
  if (below === undefined || above === undefined) throw new RangeError('no values')
  return below + (above - below) * (at - Math.floor(at))
}

/** A range that holds the true value with some confidence. */
export interface Interval {
  readonly lower: number
  readonly upper: number
}

const resamples = 10_000

/** The 95 % confidence interval of the median, by the percentile bootstrap; the same values give the same interval. */
export function medianInterval(values: readonly number[]): Interval {
  const random = createRandom(1)
  const medians = Array.from({ length: resamples }, () =>
    median(values.map(() => values[Math.floor(random() * values.length)] as number)),
  )
  return { lower: quantile(medians, 0.025), upper: quantile(medians, 0.975) }
}

/** Pseudo-random numbers from 0 to 1 (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
