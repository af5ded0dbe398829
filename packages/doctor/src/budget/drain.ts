import {
  environmentVariables,
  LifecycleError,
  type LifecycleOptions,
  makePlan,
  type Plan,
  type Platform,
  readDuration,
  resolveSettings,
  type Settings,
} from '@lameduck/core/plan'
import type { Code } from '../code/code.js'
import type { Environment } from '../kubernetes/environment.js'
import { type Fact, isKnown } from '../model/fact.js'
import { handlesItself, lameduckIn, librariesOf, type Package } from '../model/package.js'
import type { Place } from '../text/source.js'

/** What ends the process in order, as far as was seen. */
export type Ending =
  /** lameduck: what it will do is computed by its own functions. */
  | 'lameduck'
  /** Another library, or a handler of its own: how long it takes is not known. */
  | 'other'
  /** Dependencies and sources were seen, and nothing in them handles SIGTERM. */
  | 'none'
  /** Not enough was seen. */
  | 'unseen'

/** How a service drains. */
export interface Drain {
  readonly ending: Ending
  readonly platform: Platform
  /** lameduck's plan; nothing without lameduck, or where options cannot be told. */
  readonly plan: Plan | undefined
  readonly settings: Settings | undefined
  /** The grace period that somebody wrote down for the process, in milliseconds. */
  readonly asked: { readonly name: string; readonly fact: Fact<number> } | undefined
  /** Why its settings cannot be used. */
  readonly problem: { readonly error: LifecycleError; readonly variable: string | undefined } | undefined
}

/** What a drain depends on. */
export interface DrainInput {
  readonly env: Environment
  readonly platform: Platform
  readonly pkg: Package | undefined
  readonly code: Code | undefined
  /** Somebody may still route traffic here. */
  readonly isRouted: boolean
  /** The command itself loads lameduck. */
  readonly isLoaded?: boolean
  /** Where variables come from that were not read, if they do. */
  readonly more?: Place | undefined
  /** What the platform grants, where its preset follows that: PM2. */
  readonly platformEnv?: Readonly<Record<string, string>>
}

const known = new Set(environmentVariables.map(({ name }) => name))

/** Whether an environment shows that lameduck is there. */
const speaksToLameduck = (env: Environment) =>
  [...env].some(
    ([name, { value }]) =>
      name.startsWith('LAMEDUCK_') || (name === 'NODE_OPTIONS' && value?.includes('@lameduck/')),
  )

function endingOf({ env, pkg, code, isLoaded }: DrainInput): Ending {
  if (isLoaded || speaksToLameduck(env) || (pkg && lameduckIn(pkg).length > 0) || code?.usesLameduck)
    return 'lameduck'
  if (pkg === undefined) return 'unseen'
  if (librariesOf(pkg).length > 0 || handlesItself(pkg) || code?.handlesStop) return 'other'
  return code?.isWhole && code.serves ? 'none' : 'unseen'
}

function variablesOf(env: Environment): Record<string, string> {
  const pairs = [...env].flatMap(([name, { value }]) =>
    known.has(name) && value !== undefined ? [[name, value] as const] : [],
  )
  return Object.fromEntries(pairs)
}

function durationOf(option: Fact<unknown>): Fact<number> {
  if (!isKnown(option)) return option
  const value = readDuration(option.value)
  return value === undefined ? { unknown: 'it is no duration', at: option.at } : { ...option, value }
}

function askedIn({ env, code, more }: DrainInput, ending: Ending): Drain['asked'] {
  const option = code?.options.get('gracePeriod')
  if (option) return { name: 'gracePeriod', fact: durationOf(option) }
  const name = 'LAMEDUCK_GRACE_PERIOD'
  const variable = env.get(name)
  if (variable === undefined && more && ending === 'lameduck')
    return { name, fact: { unknown: `whether ${name} is among what envFrom gives was not seen`, at: more } }
  if (variable === undefined) return undefined
  const { value, at } = variable
  if (value === undefined || value === '')
    return { name, fact: { unknown: `the value of ${name} is not in the file`, at } }
  const milliseconds = readDuration(
    environmentVariables.find((each) => each.name === name)?.read(value.trim()),
  )
  if (milliseconds === undefined) return { name, fact: { unknown: `${value} is no duration`, at } }
  return { name, fact: { value: milliseconds, at, isDefault: false } }
}

/** Options that the code sets, if all of them are constants. */
function optionsOf({ code }: DrainInput): LifecycleOptions | undefined {
  const options: Record<string, unknown> = {}
  for (const [name, fact] of code?.options ?? []) {
    if (!('value' in fact)) return undefined
    options[name] = fact.value
  }
  return options
}

/** Computes what a process will do, by the functions that it will do it with. */
export function drainOf(input: DrainInput): Drain {
  const { env, platform, isRouted, platformEnv = {} } = input
  const ending = endingOf(input)
  const asked = askedIn(input, ending)
  const options = optionsOf(input)
  const without = { ending, platform, plan: undefined, settings: undefined, asked, problem: undefined }
  if (ending !== 'lameduck' || options === undefined) return without
  const isElsewhere = env.get('LAMEDUCK_GRACE_PERIOD')?.value === undefined
  if (asked && !isKnown(asked.fact) && isElsewhere) return without
  const variables = variablesOf(env)
  const chosen = options.platform ?? (variables['LAMEDUCK_PLATFORM'] as Platform | undefined) ?? platform
  try {
    const settings = resolveSettings(
      { ...options, platform: chosen },
      { env: { ...platformEnv, ...variables }, isTerminal: false, isContainer: true },
    )
    // Whether there is anything to stop is not seen; lameduck keeps time for it as soon as there is.
    const plan = makePlan(settings, { hasHooks: true, window: isRouted, linger: isRouted })
    return { ...without, platform: settings.platform, settings, plan }
  } catch (error) {
    if (!(error instanceof LifecycleError)) throw error
    const variable = Object.keys(variables).find((name) => error.message.startsWith(name))
    return { ...without, problem: { error, variable } }
  }
}

/** Seconds, as people write them. */
export const inSeconds = (milliseconds: number): string => String(Math.round(milliseconds / 10) / 100)
