import { constants } from 'node:os'
import type { ProbeOptions } from '../probes/probes.js'
import { goodbyes } from '../websocket/web-socket.js'
import { type Duration, fromText, readDuration } from './durations.js'
import type { LifecycleOptions } from './options.js'
import { type Platform, platformAliases, presets } from './platform.js'
import {
  demand,
  type Fields,
  flag,
  isRecord,
  objectOf,
  oneOf,
  positiveTime,
  type Rule,
  text,
  time,
} from './rules.js'

const isInteger = (value: unknown, most: number) =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most

const isAtMost = (min = Number.NaN, max = Number.NaN) => min <= max

const isSignal = (value: unknown) =>
  typeof value === 'string' &&
  Object.hasOwn(constants.signals, value) &&
  // Nobody can listen to these two.
  !['SIGKILL', 'SIGSTOP'].includes(value)

/** What no client sends in a request's path could never match. */
const path: Rule = {
  expected: 'a path that starts with one "/" and has no query, fragment or space',
  holds: (value) => typeof value === 'string' && /^\/(?!\/)[!-~]*$/.test(value) && !/[?#]/.test(value),
}

const port: Rule = { expected: 'an integer from 0 to 65535', holds: (value) => isInteger(value, 65_535) }

const probeFields: Record<keyof ProbeOptions, Rule> = {
  livez: path,
  readyz: path,
  startupz: path,
  port,
  host: text,
  verbose: flag,
  ignore: {
    expected: 'a list of strings that are not empty',
    holds: (value) => Array.isArray(value) && value.every(text.holds),
  },
}

/** What each option has to be. */
export const optionRules: Record<keyof LifecycleOptions, Rule> = {
  gracePeriod: positiveTime,
  shutdownDelay: {
    expected: `${time.expected}, or { min, max } with min ≤ max`,
    holds: (value) =>
      time.holds(value) ||
      (isRecord(value) && isAtMost(readDuration(value['min']), readDuration(value['max']))),
    fields: { min: time, max: time },
  },
  linger: time,
  probes: {
    expected: 'an object, or false',
    holds: (value) => value === false || isRecord(value),
    fields: probeFields,
  },
  hookBudget: time,
  signals: {
    expected: "a list of signals that can be listened to, such as ['SIGTERM', 'SIGINT'], or false",
    holds: (value) => value === false || (Array.isArray(value) && value.every(isSignal)),
  },
  otherHandlers: oneOf('defer', 'leave'),
  eventStreams: oneOf('end', 'finish'),
  forcedExitCode: { expected: 'an integer from 0 to 255', holds: (value) => isInteger(value, 255) },
  crash: oneOf('drain', false),
  late: oneOf('serve', 'reject'),
  readinessDuringDrain: oneOf('fail', 'keep'),
  webSocketCloseCode: oneOf(...Object.keys(goodbyes).map(Number)),
  platform: { ...oneOf(...Object.keys(presets)), aliases: platformAliases },
  logger: {
    expected: 'an object with the functions info, warn and error, or false',
    holds: (value) =>
      value === false ||
      (Object(value) === value &&
        ['info', 'warn', 'error'].every((method) => typeof (value as Fields)[method] === 'function')),
  },
}

/** The names of all options. */
export const optionNames = Object.keys(optionRules) as readonly (keyof LifecycleOptions)[]

/**
 * Refuses options that do not exist or have values out of range.
 *
 * @throws {LifecycleError} OPTION_UNKNOWN, OPTION_INVALID
 */
export function checkOptions(options: unknown): asserts options is LifecycleOptions {
  demand('OPTION_INVALID', 'options', objectOf(optionRules), options)
}

/** A variable of the environment that sets an option. */
export interface Variable {
  readonly name: string
  readonly rule: Rule
  /** The value that its text stands for. */
  readonly read: (text: string) => unknown
  /** The option with that value. */
  readonly set: (value: never) => LifecycleOptions
}

const variable = (name: string, rule: Rule, set: Variable['set'], read: Variable['read'] = fromText) => {
  return { name: `LAMEDUCK_${name}`, rule, read, set }
}

/** All of them. */
export const environment: readonly Variable[] = [
  variable('GRACE_PERIOD', positiveTime, (gracePeriod: Duration) => ({ gracePeriod })),
  variable('SHUTDOWN_DELAY', time, (shutdownDelay: Duration) => ({ shutdownDelay })),
  variable('LINGER', time, (linger: Duration) => ({ linger })),
  variable('PROBES_PORT', port, (given: number) => ({ probes: { port: given } })),
  variable('PLATFORM', optionRules.platform, (platform: Platform) => ({ platform }), String),
]
