/** Where a message is not as expected. */
export interface Difference {
  /** Keys and indices that lead there. */
  place: readonly (string | number)[]
  expected: unknown
  got: unknown
}

/**
 * The first difference between what is expected and what came. Fields that are not mentioned may be anything; lists must be as long.
 * Numbers and texts are the same if they are written the same, since 64 bits come as texts.
 *
 * @returns `undefined`: there is none
 */
export function differenceOf(expected: unknown, got: unknown): Difference | undefined {
  if (Array.isArray(expected)) {
    if (!Array.isArray(got) || got.length !== expected.length) return { place: [], expected, got }
    return firstOf(expected.map((item, i) => [i, item, got[i]]))
  }
  if (typeof expected === 'object' && expected !== null) {
    if (typeof got !== 'object' || got === null) return { place: [], expected, got }
    return firstOf(
      Object.entries(expected).map(([key, value]) => [key, value, (got as Record<string, unknown>)[key]]),
    )
  }
  return isSame(expected, got) ? undefined : { place: [], expected, got }
}

function firstOf(fields: readonly (readonly [string | number, unknown, unknown])[]): Difference | undefined {
  for (const [key, expected, got] of fields) {
    const difference = differenceOf(expected, got)
    if (difference) return { ...difference, place: [key, ...difference.place] }
  }
  return undefined
}

function isSame(expected: unknown, got: unknown): boolean {
  if (typeof expected === 'number' && typeof got === 'number' && !Number.isInteger(expected)) {
    // A float of 32 bits comes back as the nearest it has.
    return expected === got || Math.fround(expected) === got
  }
  const written = typeof got === 'string' || typeof got === 'number'
  return expected === got || (typeof expected === 'number' && written && String(expected) === String(got))
}
