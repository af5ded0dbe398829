import type { MixFile, Place } from './mix-file.js'

/** A map of the file that has only the keys it may have. */
export type Fields = Readonly<Record<string, unknown>>

/**
 * Reads a map.
 *
 * @param keys all that it may have
 * @throws {UsageError} when it is not a map, or has another key
 */
export function fieldsAt(file: MixFile, place: Place, value: unknown, keys: readonly string[]): Fields {
  if (!isMap(value)) throw file.bad(place, `a map with ${listed(keys)}`, value)
  for (const key of Object.keys(value)) {
    if (!keys.includes(key)) throw file.bad([...place, key], `one of the keys ${listed(keys)}`, key)
  }
  return value
}

/** Whether a value of the file is a map. */
export function isMap(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Reads a text that is not empty.
 *
 * @param expected what it should be, for the message
 * @throws {UsageError} when it is something else, or does not match
 */
export function textAt(
  file: MixFile,
  place: Place,
  value: unknown,
  expected: string,
  pattern = /./s,
): string {
  if (typeof value !== 'string' || !pattern.test(value)) throw file.bad(place, expected, value)
  return value
}

/**
 * Reads a whole number.
 *
 * @param unit for the message, such as ` of milliseconds`
 * @throws {UsageError} when it is something else, or out of range
 */
export function wholeAt(
  file: MixFile,
  place: Place,
  value: unknown,
  [min, max]: readonly [number, number],
  unit = '',
): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value
  throw file.bad(place, `a whole number${unit} from ${min} to ${max}`, value)
}

/** `a, b or c`. */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
}
