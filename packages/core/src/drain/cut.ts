/** Something that was ended by force at the cutoff. */
export interface Cut {
  /** What it was. */
  readonly kind: 'request' | 'upgraded' | 'hold' | (string & {})
  /** Request method. */
  readonly method?: string
  /** Path of the URL, without its query. */
  readonly path?: string
  /** Name of the hold. */
  readonly name?: string
  /** How long it had been going on, in milliseconds. */
  readonly age: number
  /** The client. */
  readonly remoteAddress?: string
}

/** How many of each kind. */
export function countKinds(works: readonly Pick<Cut, 'kind'>[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { kind } of works) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}
