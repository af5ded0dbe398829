import { constants } from 'node:os'
import type { ProbeOptions } from '../probes/probes.js'
import { goodbyes } from '../websocket/web-socket.js'
import type { LifecycleOptions } from './options.js'
import { presets } from './platform.js'
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

const probeFields: Record<keyof ProbeOptions, Rule> = {
  livez: path,
  readyz: path,
  startupz: path,
  port: { expected: 'an integer from 0 to 65535', holds: (value) => isInteger(value, 65_535) },
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
    expected: 'milliseconds (0 or more), or { min, max } with min ≤ max',
    holds: (value) =>
      time.holds(value) || (isRecord(value) && (value['min'] as number) <= (value['max'] as number)),
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
  forcedExitCode: { expected: 'an integer from 0 to 255', holds: (value) => isInteger(value, 255) },
  crash: oneOf('drain', false),
  late: oneOf('serve', 'reject'),
  readinessDuringDrain: oneOf('fail', 'keep'),
  webSocketCloseCode: oneOf(...Object.keys(goodbyes).map(Number)),
  platform: oneOf(...Object.keys(presets)),
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

/** The variables of the environment that set an option, and what their text stands for. */
export const environment: readonly (readonly [string, keyof LifecycleOptions, Rule])[] = [
  ['LAMEDUCK_GRACE_PERIOD', 'gracePeriod', positiveTime],
  ['LAMEDUCK_SHUTDOWN_DELAY', 'shutdownDelay', time],
  ['LAMEDUCK_PLATFORM', 'platform', optionRules.platform],
]
