import { constants } from 'node:os'
import { inspect } from 'node:util'
import { LifecycleError } from './errors.js'
import type { LifecycleOptions } from './options.js'
import { presets } from './platform.js'
import type { ProbeOptions } from './probes.js'
import { goodbyes } from './websocket/web-socket.js'

/** A rule says what it expected, or nothing if the value will do. */
type Rule = (value: unknown) => string | undefined

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isTime = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0

const time: Rule = (value) => (isTime(value) ? undefined : 'a finite number of milliseconds, 0 or more')
const positiveTime: Rule = (value) =>
  isTime(value) && value > 0 ? undefined : 'a finite number of milliseconds greater than 0'
const oneOf =
  (...values: readonly unknown[]): Rule =>
  (value) =>
    values.includes(value) ? undefined : `one of ${values.map((each) => JSON.stringify(each)).join(', ')}`

const delay: Rule = (value) => {
  if (isTime(value)) return undefined
  const isRange =
    isRecord(value) && isTime(value['min']) && isTime(value['max']) && value['min'] <= value['max']
  return isRange && Object.keys(value).length === 2
    ? undefined
    : 'milliseconds (0 or more), or { min, max } with min ≤ max'
}

const isSignal = (value: unknown) =>
  typeof value === 'string' &&
  Object.hasOwn(constants.signals, value) &&
  // Nobody can listen to these two.
  !['SIGKILL', 'SIGSTOP'].includes(value)

const signalList: Rule = (value) =>
  value === false || (Array.isArray(value) && value.every(isSignal))
    ? undefined
    : "a list of signals that can be listened to, such as ['SIGTERM', 'SIGINT'], or false"

const exitCode: Rule = (value) =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 255
    ? undefined
    : 'an integer from 0 to 255'

const isPath = (value: unknown) => typeof value === 'string' && value.startsWith('/') && !value.includes('?')

/** What each field of `probes` must be. */
const probeFields: Record<keyof ProbeOptions, (value: unknown) => boolean> = {
  livez: isPath,
  readyz: isPath,
  startupz: isPath,
  port: (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 65_535,
  host: (value) => typeof value === 'string' && value !== '',
  verbose: (value) => typeof value === 'boolean',
  ignore: (value) => Array.isArray(value) && value.every((each) => typeof each === 'string' && each !== ''),
}

const probes: Rule = (value) => {
  const isField = ([name, field]: [string, unknown]) =>
    Object.hasOwn(probeFields, name) &&
    (field === undefined || probeFields[name as keyof ProbeOptions](field))
  return value === false || (isRecord(value) && Object.entries(value).every(isField))
    ? undefined
    : 'false, or { livez, readyz, startupz: paths that start with "/"; port: 0 to 65535; host: a string; verbose: a boolean; ignore: a list of strings }'
}

const logger: Rule = (value) =>
  value === false ||
  (typeof value === 'object' &&
    value !== null &&
    ['info', 'warn', 'error'].every(
      (method) => typeof (value as Record<string, unknown>)[method] === 'function',
    ))
    ? undefined
    : 'an object with the functions info, warn and error, or false'

const rules: Record<keyof LifecycleOptions, Rule> = {
  gracePeriod: positiveTime,
  shutdownDelay: delay,
  linger: time,
  probes,
  hookBudget: time,
  signals: signalList,
  forcedExitCode: exitCode,
  crash: oneOf('drain', false),
  late: oneOf('serve', 'reject'),
  readinessDuringDrain: oneOf('fail', 'keep'),
  webSocketCloseCode: oneOf(...Object.keys(goodbyes).map(Number)),
  platform: oneOf(...Object.keys(presets)),
  logger,
}

/** The names of all options. */
export const optionNames = Object.keys(rules) as readonly (keyof LifecycleOptions)[]

const show = (value: unknown): string =>
  typeof value === 'string'
    ? JSON.stringify(value)
    : inspect(value, { depth: 2, breakLength: Number.POSITIVE_INFINITY, maxStringLength: 100 })

/** The option's name most like `name`, if any is near. */
function nearest(name: string): string | undefined {
  const distance = (a: string, b: string): number => {
    let row = Array.from({ length: b.length + 1 }, (_, i) => i)
    for (let i = 1; i <= a.length; i++) {
      const next = [i]
      for (let j = 1; j <= b.length; j++) {
        const substituted = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
        next.push(Math.min(substituted, (row[j] as number) + 1, (next[j - 1] as number) + 1))
      }
      row = next
    }
    return row[b.length] as number
  }
  const ranked = optionNames
    .map((known) => ({ known, off: distance(name.toLowerCase(), known.toLowerCase()) }))
    .sort((a, b) => a.off - b.off)
  const best = ranked[0]
  return best && best.off <= Math.max(2, name.length / 3) ? best.known : undefined
}

/**
 * Refuses options that do not exist or have values out of range.
 *
 * @throws {LifecycleError} OPTION_UNKNOWN, OPTION_INVALID
 */
export function checkOptions(options: unknown): asserts options is LifecycleOptions {
  if (!isRecord(options)) {
    throw new LifecycleError('OPTION_INVALID', `options: expected an object, got ${show(options)}`)
  }
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(rules, name)) {
      const meant = nearest(name)
      throw new LifecycleError(
        'OPTION_UNKNOWN',
        `unknown option "${name}"${meant ? `; did you mean "${meant}"?` : ''}. Known: ${optionNames.join(', ')}`,
      )
    }
    if (value === undefined) continue
    const expected = rules[name as keyof LifecycleOptions](value)
    if (expected !== undefined) {
      throw new LifecycleError('OPTION_INVALID', `${name}: expected ${expected}, got ${show(value)}`)
    }
  }
}
