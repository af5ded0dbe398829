import { LifecycleError } from '../errors.js'
import { resolveProbes } from '../probes/probes.js'
import { abortTime, lastWords, marginOf } from './budget.js'
import { toMilliseconds } from './durations.js'
import { fromEnvironment } from './environment.js'
import { checkOptions } from './option-rules.js'
import { type LifecycleOptions, optionDefaults } from './options.js'
import { detectPlatform, presetFor, type Surroundings } from './platform.js'
import { pm2GraceByMessage } from './pm2.js'

/** What is there once the defaults have been filled in. */
type FilledOptions = { readonly [Name in keyof typeof optionDefaults]: NonNullable<LifecycleOptions[Name]> }

/** The times that somebody asked for by name, in milliseconds. */
function timesOf({ shutdownDelay, gracePeriod, linger, hookBudget }: LifecycleOptions) {
  const delay =
    typeof shutdownDelay === 'object'
      ? { min: toMilliseconds(shutdownDelay.min), max: toMilliseconds(shutdownDelay.max) }
      : toMilliseconds(shutdownDelay)
  return {
    delay,
    gracePeriod: toMilliseconds(gracePeriod),
    linger: toMilliseconds(linger),
    hookBudget: toMilliseconds(hookBudget),
  }
}

type Times = ReturnType<typeof timesOf>

function refuseWhatCannotFit(gracePeriod: number, { delay, linger, hookBudget }: Times): void {
  const window = typeof delay === 'object' ? delay.max : delay
  const explicit = Object.entries({ shutdownDelay: window, linger, hookBudget }).filter(
    (part): part is [string, number] => part[1] !== undefined,
  )
  const terms = [
    ...explicit,
    ['margin', marginOf(gracePeriod)] as const,
    ['last answers at the cutoff', abortTime(gracePeriod) + lastWords(gracePeriod)] as const,
  ]
  const sum = terms.reduce((total, [, value]) => total + value, 0)
  if (sum <= gracePeriod) return
  throw new LifecycleError(
    'OPTIONS_DO_NOT_FIT',
    `${terms.map(([name, value]) => `${value} (${name})`).join(' + ')} = ${sum} > ${gracePeriod} (gracePeriod): ` +
      `raise gracePeriod together with the platform's own, or lower ${explicit.map(([name]) => name).join(' or ')}`,
  )
}

/** What is there and not `undefined`. */
const withoutGaps = <T extends object>(given: T | undefined): Partial<T> =>
  Object.fromEntries(Object.entries(given ?? {}).filter(([, value]) => value !== undefined)) as Partial<T>

/** Options after the environment, the platform and the defaults have filled the gaps. */
export type Settings = ReturnType<typeof resolveSettings>

/**
 * Turns options into settings: explicit options win over the environment, which wins over the platform's preset.
 *
 * @throws {LifecycleError} OPTION_UNKNOWN, OPTION_INVALID, ENVIRONMENT_INVALID, OPTIONS_DO_NOT_FIT, PROBE_PATHS_EQUAL
 */
export function resolveSettings(
  options: LifecycleOptions,
  surroundings: Pick<Surroundings, 'env' | 'isTerminal' | 'isContainer'>,
) {
  checkOptions(options)
  const given = withoutGaps(options)
  const environment = fromEnvironment(surroundings.env)
  const chosen: LifecycleOptions = { ...environment, ...given }
  const asked = timesOf(chosen)
  const filled = { ...optionDefaults, ...chosen } as FilledOptions
  const platform = chosen.platform ?? detectPlatform(surroundings)
  const preset = presetFor(platform, surroundings.env)
  const timesFor = (graceOfPlatform: number) => {
    const gracePeriod = asked.gracePeriod ?? graceOfPlatform
    return { gracePeriod, linger: asked.linger ?? preset.linger(gracePeriod) }
  }
  const times = timesFor(preset.gracePeriod)
  const { gracePeriod } = times
  const delay = asked.delay ?? preset.window
  const isManagedByPm2 = surroundings.env['pm_id'] !== undefined
  refuseWhatCannotFit(gracePeriod, asked)
  return {
    ...filled,
    platform,
    ...times,
    /** The times of a drain that PM2's message begins. */
    byMessage: platform === 'pm2' ? timesFor(pm2GraceByMessage(surroundings.env)) : times,
    window: typeof delay === 'number' ? { min: delay, max: delay } : { min: delay.min, max: delay.max },
    /** Whether the window ends early when nobody connects any more, and late when somebody still does. */
    adaptive: typeof delay === 'object' && delay.max > 0,
    /** What somebody asked for by name: defaults shrink to fit beside it, it never does. */
    explicit: { window: chosen.shutdownDelay !== undefined, linger: chosen.linger !== undefined },
    hookBudget: asked.hookBudget,
    signals: filled.signals || [],
    /** SIGINT is the platform's way to stop a process, not somebody's Ctrl-C. */
    stopsBySigint: preset.stopsBySigint || isManagedByPm2,
    /** PM2 talks to the process by messages. */
    hearsMessages: isManagedByPm2,
    probes:
      chosen.probes === false
        ? undefined
        : resolveProbes({ ...environment.probes, ...withoutGaps(chosen.probes) }),
    logger: chosen.logger,
  }
}
