import { abortTime, lastWords, marginOf } from './budget.js'
import { LifecycleError } from './errors.js'
import type { Logger } from './logger.js'
import { checkOptions } from './option-rules.js'
import { type LifecycleOptions, optionDefaults } from './options.js'
import { detectPlatform, type Platform, type Preset, presets, type Surroundings } from './platform.js'
import { type ProbeSettings, resolveProbes } from './probes.js'
import type { WebSocketCloseCode } from './websocket/web-socket.js'

/** Options after the environment, the platform and the defaults have filled the gaps. */
export interface Settings {
  readonly platform: Platform
  readonly gracePeriod: number
  readonly window: { readonly min: number; readonly max: number }
  /** Whether the window ends early when nobody connects any more, and late when somebody still does. */
  readonly adaptive: boolean
  /** What somebody asked for by name: defaults shrink to fit beside it, it never does. */
  readonly explicit: { readonly window: boolean; readonly linger: boolean }
  readonly linger: number
  readonly hookBudget: number | undefined
  readonly signals: readonly NodeJS.Signals[]
  readonly stopsBySigint: boolean
  readonly forcedExitCode: number
  readonly crash: 'drain' | false
  readonly late: 'serve' | 'reject'
  readonly readinessDuringDrain: 'fail' | 'keep'
  readonly webSocketCloseCode: WebSocketCloseCode
  readonly probes: ProbeSettings | undefined
  readonly logger: Logger | false | undefined
}

function fromEnvironment(env: Surroundings['env']): LifecycleOptions {
  const milliseconds = (name: string): number | undefined => {
    const text = env[name]
    if (text === undefined || text === '') return undefined
    const value = Number(text)
    if (Number.isFinite(value) && value >= 0) return value
    throw new LifecycleError(
      'ENVIRONMENT_INVALID',
      `${name}: expected a number of milliseconds, 0 or more, got "${text}"`,
    )
  }
  const platform = env['LAMEDUCK_PLATFORM']
  if (platform && !Object.hasOwn(presets, platform)) {
    throw new LifecycleError(
      'ENVIRONMENT_INVALID',
      `LAMEDUCK_PLATFORM: expected one of ${Object.keys(presets).join(', ')}, got "${platform}"`,
    )
  }
  const gracePeriod = milliseconds('LAMEDUCK_GRACE_PERIOD')
  const shutdownDelay = milliseconds('LAMEDUCK_SHUTDOWN_DELAY')
  if (gracePeriod === 0) {
    throw new LifecycleError(
      'ENVIRONMENT_INVALID',
      'LAMEDUCK_GRACE_PERIOD: expected a number of milliseconds greater than 0, got "0"',
    )
  }
  return {
    ...(gracePeriod === undefined ? {} : { gracePeriod }),
    ...(shutdownDelay === undefined ? {} : { shutdownDelay }),
    ...(platform ? { platform: platform as Platform } : {}),
  }
}

function refuseWhatCannotFit(gracePeriod: number, chosen: LifecycleOptions): void {
  const { shutdownDelay, linger, hookBudget } = chosen
  const window = typeof shutdownDelay === 'object' ? shutdownDelay.max : shutdownDelay
  const parts: [string, number | undefined][] = [
    ['shutdownDelay', window],
    ['linger', linger],
    ['hookBudget', hookBudget],
  ]
  const explicit = parts.filter((part): part is [string, number] => part[1] !== undefined)
  const margin = marginOf(gracePeriod)
  const abort = abortTime(gracePeriod) + lastWords(gracePeriod)
  const sum = explicit.reduce((total, [, value]) => total + value, margin + abort)
  if (sum <= gracePeriod) return
  const terms = [...explicit, ['margin', margin], ['last answers at the cutoff', abort]]
  throw new LifecycleError(
    'OPTIONS_DO_NOT_FIT',
    `${terms.map(([name, value]) => `${value} (${name})`).join(' + ')} = ${sum} > ${gracePeriod} (gracePeriod): ` +
      `raise gracePeriod together with the platform's own, or lower ${explicit.map(([name]) => name).join(' or ')}`,
  )
}

/**
 * Turns options into settings: explicit options win over the environment, which wins over the platform's preset.
 *
 * @throws {LifecycleError} OPTION_UNKNOWN, OPTION_INVALID, ENVIRONMENT_INVALID, OPTIONS_DO_NOT_FIT
 */
export function resolveSettings(
  options: LifecycleOptions,
  surroundings: Pick<Surroundings, 'env' | 'isTerminal' | 'isContainer'>,
): Settings {
  checkOptions(options)
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  const chosen: LifecycleOptions = { ...fromEnvironment(surroundings.env), ...given }

  const platform = chosen.platform ?? detectPlatform(surroundings)
  const preset: Preset = presets[platform]
  const gracePeriod = chosen.gracePeriod ?? preset.gracePeriod
  refuseWhatCannotFit(gracePeriod, chosen)

  const delay = chosen.shutdownDelay ?? preset.window
  return {
    platform,
    gracePeriod,
    window: typeof delay === 'number' ? { min: delay, max: delay } : { min: delay.min, max: delay.max },
    adaptive: typeof delay === 'object' && delay.max > 0,
    explicit: {
      window: chosen.shutdownDelay !== undefined,
      linger: chosen.linger !== undefined,
    },
    linger: chosen.linger ?? preset.linger(gracePeriod),
    hookBudget: chosen.hookBudget,
    signals: (chosen.signals ?? optionDefaults.signals) || [],
    stopsBySigint: preset.stopsBySigint,
    forcedExitCode: chosen.forcedExitCode ?? optionDefaults.forcedExitCode,
    crash: chosen.crash ?? optionDefaults.crash,
    late: chosen.late ?? optionDefaults.late,
    readinessDuringDrain: chosen.readinessDuringDrain ?? optionDefaults.readinessDuringDrain,
    webSocketCloseCode: chosen.webSocketCloseCode ?? optionDefaults.webSocketCloseCode,
    probes: chosen.probes === false ? undefined : resolveProbes(chosen.probes ?? {}),
    logger: chosen.logger,
  }
}
