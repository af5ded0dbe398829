/**
 * A duration: a number of milliseconds, or a text with its unit, without spaces: `'500ms'`, `'30s'`, `'1.5m'`, `'1h'`.
 * Any other text is refused.
 */
export type Duration = number | string

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const

const withUnit = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/

/** The milliseconds that a text with a unit stands for, or `undefined` if it is none. */
function read(text: string): number | undefined {
  const [, amount, unit] = withUnit.exec(text) ?? []
  if (amount === undefined) return undefined
  const exact = Number(amount) * units[unit as keyof typeof units]
  // 16.1 s are 16100 ms, and not 16100.000000000002.
  return Number(exact.toFixed(6))
}

/** The milliseconds of a duration, if `value` is one: finite, and not negative. */
export function readDuration(value: unknown): number | undefined {
  const duration = typeof value === 'string' ? read(value) : value
  return typeof duration === 'number' && Number.isFinite(duration) && duration >= 0 ? duration : undefined
}

/** The milliseconds of a duration that has been checked; what is not given stays so. */
export const toMilliseconds = <Given extends Duration | undefined>(value: Given) =>
  readDuration(value) as Given extends undefined ? number | undefined : number

/** What the text of an environment variable gives for a duration: the number of milliseconds it is, or the text itself. */
export const fromText = (text: string): Duration => (/^\d+(\.\d+)?$/.test(text) ? Number(text) : text)
