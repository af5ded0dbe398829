/**
 * The value that a share of all values does not exceed, by nearest rank.
 *
 * @param values in any order; not changed
 * @param share from 0 to 1, such as 0.99
 * @returns `undefined` for no values
 */
export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
}
