import { inspect } from 'node:util'
import { LifecycleError, type LifecycleErrorCode } from '../errors.js'

/** What a value has to be. */
export interface Rule {
  /** In words, behind "expected". */
  readonly expected: string
  readonly holds: (value: unknown) => boolean
  /** The values there are, where they can be counted: a refusal names the nearest. */
  readonly known?: readonly string[]
  /** What an object's own fields have to be. */
  readonly fields?: Fields
}

/** The fields that an object may have, and nothing else. */
export type Fields = Readonly<Record<string, Rule>>

const isTime = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0

/** Whether a value is an object with fields. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A duration that may be nothing. */
export const time: Rule = { expected: 'a finite number of milliseconds, 0 or more', holds: isTime }

/** A duration. */
export const positiveTime: Rule = {
  expected: 'a finite number of milliseconds greater than 0',
  holds: (value) => isTime(value) && value > 0,
}

/** A text that says something. */
export const text: Rule = {
  expected: 'a string that is not empty',
  holds: (value) => typeof value === 'string' && value !== '',
}

/** Something to call. */
export const callable: Rule = { expected: 'a function', holds: (value) => typeof value === 'function' }

/** Yes or no. */
export const flag: Rule = { expected: 'a boolean', holds: (value) => typeof value === 'boolean' }

/** One of a few values. */
export const oneOf = (...values: readonly (string | number | false)[]): Rule => ({
  expected: `one of ${values.map((each) => JSON.stringify(each)).join(', ')}`,
  holds: (value) => values.some((each) => each === value),
  known: values.filter((each) => typeof each === 'string'),
})

/** An object with these fields and no other. */
export const objectOf = (fields: Fields): Rule => ({ expected: 'an object', holds: isRecord, fields })

const show = (value: unknown): string =>
  typeof value === 'string'
    ? JSON.stringify(value)
    : inspect(value, { depth: 2, breakLength: Number.POSITIVE_INFINITY, maxStringLength: 100 })

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

/** Names the one of `known` that is most like `name`, if any is near. */
function suggest(name: unknown, known: readonly string[]): string {
  if (typeof name !== 'string') return ''
  const ranked = known
    .map((each) => ({ each, off: distance(name.toLowerCase(), each.toLowerCase()) }))
    .sort((a, b) => a.off - b.off)
  const best = ranked[0]
  return best && best.off <= Math.max(2, name.length / 3) ? `; did you mean "${best.each}"?` : ''
}

/**
 * Refuses what breaks a rule, and fields that do not exist. The message names what was expected and what came.
 *
 * @param code for a value that breaks a rule
 * @throws {LifecycleError} `code`, OPTION_UNKNOWN
 */
export function demand(code: LifecycleErrorCode, subject: string, rule: Rule, value: unknown): void {
  if (rule.fields !== undefined && isRecord(value)) demandFields(subject, rule.fields, value)
  if (rule.holds(value)) return
  const meant = suggest(value, rule.known ?? [])
  throw new LifecycleError(code, `${subject}: expected ${rule.expected}, got ${show(value)}${meant}`)
}

function demandFields(subject: string, fields: Fields, value: Record<string, unknown>): void {
  const names = Object.keys(fields)
  for (const [name, field] of Object.entries(value)) {
    const rule = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (rule === undefined) {
      const meant = suggest(name, names) || '.'
      throw new LifecycleError(
        'OPTION_UNKNOWN',
        `${subject}: unknown option "${name}"${meant} Known: ${names.join(', ')}`,
      )
    }
    const path = subject === 'options' ? name : `${subject}.${name}`
    if (field !== undefined) demand('OPTION_INVALID', path, rule, field)
  }
}

/**
 * Refuses what is not a name and a function, and a name that is taken.
 *
 * @throws {LifecycleError} ARGUMENT_INVALID, NAME_TAKEN
 */
export function demandNamed(
  method: string,
  name: string,
  fn: unknown,
  taken: readonly { readonly name: string }[],
): void {
  demand('ARGUMENT_INVALID', `${method}: name`, text, name)
  demand('ARGUMENT_INVALID', `${method}("${name}")`, callable, fn)
  if (taken.every((each) => each.name !== name)) return
  throw new LifecycleError('NAME_TAKEN', `${method}: expected a name that is not taken, got "${name}" again`)
}
