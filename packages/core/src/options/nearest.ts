/** How many letters have to be inserted, left out or replaced to make `b` of `a` (Levenshtein's distance). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}

/** Whether `name` counts the letters that it leaves out: `k8s`, `i18n`. */
function isNumeronymOf(name: string, known: string): boolean {
  const [, first = '', count, last = ''] = /^([a-z]+)(\d+)([a-z]+)$/.exec(name) ?? []
  if (count === undefined || !known.startsWith(first) || !known.endsWith(last)) return false
  return known.length === first.length + Number(count) + last.length
}

/** Whether `name` is made of the first letters of the words of `known`. */
function isInitialsOf(name: string, known: string): boolean {
  const words = known.split(/[-_]/)
  return words.length > 1 && name === words.map((word) => word[0]).join('')
}

/** As short as that, one word is soon in many others. */
const leastPart = 4

/**
 * The one of `known` that `name` most likely stands for: what it is also called, a numeronym or initials of, a part of, or a
 * misspelling of; nothing, if it is like none.
 */
export function nearest(
  name: unknown,
  known: readonly string[],
  aliases: Readonly<Record<string, string>> = {},
): string | undefined {
  if (typeof name !== 'string' || name === '' || name.length > 100) return undefined
  const given = name.toLowerCase()
  if (Object.hasOwn(aliases, given)) return aliases[given]
  const isShortFor = (each: string) =>
    isNumeronymOf(given, each) ||
    isInitialsOf(given, each) ||
    (given.length >= leastPart && each.includes(given))
  const short = known.find((each) => isShortFor(each.toLowerCase()))
  if (short !== undefined) return short
  const ranked = known
    .map((each) => ({ each, off: distance(given, each.toLowerCase()) }))
    .sort((a, b) => a.off - b.off)
  const best = ranked[0]
  const most = Math.max(1, Math.floor(given.length / 3))
  return best !== undefined && best.off <= most ? best.each : undefined
}
