import { LifecycleError, type LifecycleOptions } from '@lameduck/core'

/** A variable of the environment. */
export interface Variable {
  /** The option that it sets, by its path. */
  readonly option: string
  /** What its text stands for. */
  readonly read: (text: string) => unknown
  /** Core has it too, and reads it. */
  readonly isCores?: true
}

/** A number, yes or no, or the text itself; core judges it. */
const plain = (text: string): unknown => {
  if (text === 'true' || text === 'false') return text === 'true'
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : text
}

const list = (text: string) => text.split(',').map((each) => each.trim())
const listOrFalse = (text: string) => (text === 'false' ? false : list(text))

const refuse = (name: string, expected: string, text: string) =>
  new LifecycleError('ENVIRONMENT_INVALID', `${name}: expected ${expected}, got ${JSON.stringify(text)}`)

/** The variable for an option: `probes.livez` is `LAMEDUCK_PROBES_LIVEZ`. */
export const nameOf = (option: string): string =>
  `LAMEDUCK_${option.replaceAll('.', '_').replaceAll(/[A-Z]/g, '_$&').toUpperCase()}`

/** Options that can only be switched off from outside. */
const off = (option: string): Variable => ({
  option,
  read(text) {
    if (text === 'false') return false
    throw refuse(nameOf(option), 'false, or nothing', text)
  },
})

/** A port, or the path of a Unix socket. */
const isAddress = (text: string) =>
  text.startsWith('/') || (/^\d{1,5}$/.test(text) && Number(text) > 0 && Number(text) < 65_536)

const ports: Variable = {
  option: 'ports',
  read(text) {
    const addresses = list(text)
    if (addresses.every(isAddress)) return addresses
    const expected = 'ports from 1 to 65535 or paths of Unix sockets, separated by commas'
    throw refuse(nameOf('ports'), expected, text)
  },
}

/** All of them. */
export const variables: readonly Variable[] = [
  { option: 'gracePeriod', read: plain, isCores: true },
  { option: 'shutdownDelay', read: plain, isCores: true },
  { option: 'shutdownDelay.max', read: plain },
  { option: 'linger', read: plain, isCores: true },
  off('probes'),
  { option: 'probes.livez', read: String },
  { option: 'probes.readyz', read: String },
  { option: 'probes.startupz', read: String },
  { option: 'probes.port', read: plain, isCores: true },
  { option: 'probes.host', read: String },
  { option: 'probes.verbose', read: plain },
  { option: 'probes.ignore', read: list },
  { option: 'hookBudget', read: plain },
  { option: 'signals', read: listOrFalse },
  { option: 'otherHandlers', read: plain },
  { option: 'eventStreams', read: plain },
  { option: 'forcedExitCode', read: plain },
  { option: 'crash', read: plain },
  { option: 'late', read: plain },
  { option: 'readinessDuringDrain', read: plain },
  { option: 'webSocketCloseCode', read: plain },
  { option: 'platform', read: String, isCores: true },
  off('logger'),
  ports,
]

/** What the environment says. */
export interface Environment {
  /** What core does not read of it by itself. */
  readonly options: LifecycleOptions
  /** The ports and Unix sockets that readiness waits for; none: whatever listens first. */
  readonly ports: readonly string[]
}

type Env = Readonly<Record<string, string | undefined>>

/** Those that are set, by option; a variable that is empty sets nothing. */
function valuesIn(env: Env): Readonly<Record<string, unknown>> {
  const set = variables.flatMap(({ option, read }) => {
    const text = env[nameOf(option)]?.trim()
    return text ? [[option, read(text)] as const] : []
  })
  return Object.fromEntries(set)
}

/** `{ livez: '/a' }` of `probes.livez`; nothing if there is none below `option`. */
function below(option: string, values: Readonly<Record<string, unknown>>): object | undefined {
  const prefix = `${option}.`
  const entries = Object.entries(values).filter(([name]) => name.startsWith(prefix))
  return entries.length === 0
    ? undefined
    : Object.fromEntries(entries.map(([name, value]) => [name.slice(prefix.length), value]))
}

/**
 * Reads the environment.
 *
 * @throws {LifecycleError} ENVIRONMENT_INVALID
 */
export function readEnvironment(env: Env): Environment {
  const values = valuesIn(env)
  const own = variables.filter(({ option, isCores }) => !isCores && !/\.|^ports$/.test(option))
  const { 'shutdownDelay.max': max, shutdownDelay: min = 0 } = values
  const options = {
    ...Object.fromEntries(own.map(({ option }) => [option, values[option]])),
    ...(max === undefined ? {} : { shutdownDelay: { min, max } }),
    ...(values['probes'] === undefined ? { probes: below('probes', values) } : {}),
  }
  return { options: options as LifecycleOptions, ports: (values['ports'] ?? []) as readonly string[] }
}

/** Whether the environment names this Unix socket as one that serves, whatever else it says there. */
export const isNamed = (env: Env, path: string): boolean => list(env[nameOf('ports')] ?? '').includes(path)

/** The options that core adds up. */
const times = /\b(?:gracePeriod|shutdownDelay|linger|hookBudget)\b/g

/** Says of what core refuses by which variable it came. */
export function inTermsOfEnvironment(error: unknown): unknown {
  if (!(error instanceof LifecycleError)) return error
  const code = error.code === 'OPTION_INVALID' ? 'ENVIRONMENT_INVALID' : error.code
  const message = error.message.replace(/ \([A-Z_]+\)$/, '')
  const told =
    error.code === 'OPTIONS_DO_NOT_FIT'
      ? message.replaceAll(times, nameOf)
      : message.replace(/^[a-zA-Z.]+(?=:)/, nameOf)
  return new LifecycleError(code, told, { cause: error })
}
