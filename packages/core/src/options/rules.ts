import { inspect } from 'node:util'
import { LifecycleError, type LifecycleErrorCode } from '../errors.js'
import { readDuration } from './durations.js'
import { nearest } from './nearest.js'

/** What a value has to be. */
export interface Rule {
  /** In words, behind "expected". */
  readonly expected: string
  readonly holds: (value: unknown) => boolean
  /** The values there are, where they can be counted: a refusal names the nearest. */
  readonly known?: readonly string[]
  /** What these values are also called. */
  readonly aliases?: Readonly<Record<string, string>>
  /** What an object's own fields have to be. */
  readonly fields?: Fields
}

/** The fields that an object may have, and nothing else. */
export type Fields = Readonly<Record<string, Rule>>

/** Whether a value is an object with fields. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const duration = "a finite number of milliseconds, or a text with its unit such as '30s' or '500ms'"

/** A duration that may be nothing. */
export const time: Rule = {
  expected: `${duration}, 0 or more`,
  holds: (value) => readDuration(value) !== undefined,
}

/** A duration. */
export const positiveTime: Rule = {
  expected: `${duration}, greater than 0`,
  holds: (value) => (readDuration(value) ?? 0) > 0,
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

/** The most that a message shows of what came. */
const longestShown = 100

/** What came, in one short line; no object that somebody gives may make this throw. */
function show(value: unknown): string {
  const asText = () =>
    typeof value === 'string'
      ? JSON.stringify(value)
      : inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY, maxStringLength: longestShown })
  try {
    const text = asText().replaceAll(/\s+/g, ' ')
    return text.length > longestShown ? `${text.slice(0, longestShown)} …` : text
  } catch {
    return `something (${typeof value}) that cannot be shown`
  }
}

const didYouMean = (name: string | undefined) => (name === undefined ? '' : `; did you mean "${name}"?`)

/**
 * Refuses what breaks a rule, and fields that do not exist. The message names what was expected and what came.
 *
 * @param code for a value that breaks a rule
 * @throws {LifecycleError} `code`, OPTION_UNKNOWN
 */
export function demand(code: LifecycleErrorCode, subject: string, rule: Rule, value: unknown): void {
  if (rule.fields !== undefined && isRecord(value)) demandFields(subject, rule.fields, value)
  if (rule.holds(value)) return
  const meant = didYouMean(nearest(value, rule.known ?? [], rule.aliases))
  throw new LifecycleError(code, `${subject}: expected ${rule.expected}, got ${show(value)}${meant}`)
}

function demandFields(subject: string, fields: Fields, value: Record<string, unknown>): void {
  const names = Object.keys(fields)
  for (const [name, field] of Object.entries(value)) {
    const rule = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (rule === undefined) {
      const meant = didYouMean(nearest(name, names)) || '.'
      const message = `${subject}: unknown option "${name}"${meant} Known: ${names.join(', ')}`
      throw new LifecycleError('OPTION_UNKNOWN', message)
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
