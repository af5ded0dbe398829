import { type BalancerKind, balancerKinds } from './balancers/balancer.js'
import { badOption, UsageError, unfit } from './errors.js'

/**
 * What to rehearse, and how. The names are those of the command line; durations are in the unit that the same setting has in a pod
 * spec (seconds), except `propagation` (milliseconds).
 */
export interface RehearseOptions {
  /** The program that starts the service, and its arguments. It is not run through a shell. */
  command: readonly string[]
  /**
   * How many replicas serve at a time; a roll-out has one more.
   * @default 3
   */
  replicas?: number | undefined
  /**
   * How often all replicas are replaced, one roll-out after the other.
   * @default 1
   */
  rollouts?: number | undefined
  /**
   * Requests per second, sent at a constant rate whether or not earlier ones have been answered.
   * @default 200
   */
  rps?: number | undefined
  /**
   * Keep-alive connections that carry the load.
   * @default 20
   */
  connections?: number | undefined
  /**
   * Who spreads the load. `service`: as a Kubernetes Service does, chosen per connection; open connections stay where they are.
   * `nginx`, `haproxy`: that program, in front of the replicas and told of them as an ingress controller does; it must be installed.
   * @default 'service'
   */
  lb?: BalancerKind | undefined
  /**
   * Milliseconds until the balancer hears that a replica comes or goes, each time spread by ±50 %. `0`: at once.
   * @default 1000
   */
  propagation?: number | undefined
  /**
   * Seconds from the start of the preStop sleep to SIGKILL, as `terminationGracePeriodSeconds`.
   * @default 30
   */
  grace?: number | undefined
  /**
   * Seconds of preStop sleep before SIGTERM, taken from `grace`. `0`: SIGTERM at once.
   * @default 0
   */
  preStop?: number | undefined
  /**
   * The readiness probe: a path that is asked with GET, or `grpc:` and the service that `grpc.health.v1.Health/Check` is asked for.
   * @default '/readyz'
   */
  ready?: string | undefined
  /**
   * The liveness probe, a path or `grpc:` and a service. Its failures are reported; nothing is restarted.
   * @default '/livez'
   */
  live?: string | undefined
  /**
   * Seconds between two probes, and from the start of the process to the first one's successor.
   * @default 1
   */
  probePeriod?: number | undefined
  /**
   * Failed readiness probes in a row that make a replica unready.
   * @default 3
   */
  failureThreshold?: number | undefined
  /**
   * Seconds that a replica may take to become ready, as `progressDeadlineSeconds`; then the rehearsal fails.
   * @default 60
   */
  readyTimeout?: number | undefined
  /**
   * Name of the environment variable that tells the service its port. `HOST` holds the address.
   * @default 'PORT'
   */
  portEnv?: string | undefined
  /**
   * Path that is asked with GET.
   * @default '/'
   */
  path?: string | undefined
  /** Path that every second request is sent to with POST and a body of 1 KiB. Without it, all requests are GETs. */
  post?: string | undefined
  /** Text that every answer to a GET contains; a complete 2xx answer without it is lost, as `wrong`. Without it, no body is judged. */
  expect?: string | undefined
  /** YAML file that says what is asked, HTTP or gRPC, instead of `path`, `post` and `expect`. */
  mix?: string | undefined
  /**
   * Seconds without a connection, a response head, or the next part of a body or message of a stream after which a request counts as lost.
   * @default 30
   */
  timeout?: number | undefined
  /**
   * Send requests again whose connection was refused (up to four times), and do not hold those against the service that were then
   * answered.
   * @default false
   */
  retryRefused?: boolean | undefined
}

/** All options, with every default filled in. `post`, `expect` and `mix` are `undefined` when they are not given. */
export type ResolvedOptions = Readonly<
  {
    [Name in Exclude<keyof RehearseOptions, 'post' | 'expect' | 'mix'>]-?: NonNullable<RehearseOptions[Name]>
  } & Pick<RehearseOptions, 'post' | 'expect' | 'mix'>
>

/** What holds where an option is not given. */
export const defaults = Object.freeze({
  replicas: 3,
  rollouts: 1,
  rps: 200,
  connections: 20,
  lb: 'service',
  propagation: 1000,
  grace: 30,
  preStop: 0,
  ready: '/readyz',
  live: '/livez',
  probePeriod: 1,
  failureThreshold: 3,
  readyTimeout: 60,
  portEnv: 'PORT',
  path: '/',
  post: undefined,
  expect: undefined,
  mix: undefined,
  timeout: 30,
  retryRefused: false,
} as const)

interface Range {
  min: number
  max: number
  whole: boolean
  unit: string
}

const ranges = {
  replicas: { min: 1, max: 100, whole: true, unit: '' },
  rollouts: { min: 1, max: 1000, whole: true, unit: '' },
  rps: { min: 0.1, max: 20_000, whole: false, unit: '' },
  connections: { min: 1, max: 5000, whole: true, unit: '' },
  propagation: { min: 0, max: 600_000, whole: false, unit: ' of milliseconds' },
  grace: { min: 1, max: 86_400, whole: false, unit: ' of seconds' },
  preStop: { min: 0, max: 86_400, whole: false, unit: ' of seconds' },
  probePeriod: { min: 0.05, max: 3600, whole: false, unit: ' of seconds' },
  failureThreshold: { min: 1, max: 1000, whole: true, unit: '' },
  readyTimeout: { min: 0.1, max: 86_400, whole: false, unit: ' of seconds' },
  timeout: { min: 0.1, max: 3600, whole: false, unit: ' of seconds' },
} as const satisfies Partial<Record<keyof RehearseOptions, Range>>

/**
 * Fills in the defaults and checks every value, alone and against the others.
 *
 * @throws {UsageError} naming the option, what was expected and what came
 */
export function resolveOptions(input: RehearseOptions): ResolvedOptions {
  checkNames(input)
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined))
  const options = { ...defaults, ...given } as ResolvedOptions
  checkCommand(options.command)
  for (const [name, range] of Object.entries(ranges)) checkNumber(name as keyof typeof ranges, range, options)
  for (const name of ['path', 'post'] as const) checkPath(name, options[name])
  for (const name of ['ready', 'live'] as const) checkProbe(name, options[name])
  checkMix(options)
  const { expect, lb, retryRefused, portEnv, preStop, grace } = options
  if (expect !== undefined && (typeof expect !== 'string' || expect === ''))
    throw badOption('expect', 'a text that is not empty', expect)
  if (!balancerKinds.includes(lb)) throw badOption('lb', 'service, nginx or haproxy', lb)
  if (typeof retryRefused !== 'boolean') throw badOption('retryRefused', 'true or false', retryRefused)
  if (typeof portEnv !== 'string' || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(portEnv))
    throw badOption('portEnv', 'the name of an environment variable', portEnv)
  if (preStop >= grace) {
    throw unfit(
      'preStop',
      (nameOf) =>
        `less than ${nameOf('grace')}, got ${preStop} with ${nameOf('grace')} ${grace}: ` +
        `${grace} - ${preStop} leaves the service no time after SIGTERM`,
    )
  }
  return Object.freeze(options)
}

function checkNames(input: unknown): void {
  if (typeof input !== 'object' || input === null) {
    throw badOption('options', "an object, { command: ['node', 'server.js'] } say", input)
  }
  for (const name of Object.keys(input)) {
    if (name !== 'command' && !Object.hasOwn(defaults, name))
      throw new UsageError(
        `${name}: expected one of the options command, ${Object.keys(defaults).join(', ')}, got another name`,
        'OPTION_UNKNOWN',
        name,
      )
  }
}

function checkCommand(command: unknown): void {
  const usable = Array.isArray(command) && command.every((part) => typeof part === 'string') && command[0]
  if (!usable) {
    const { message } = badOption(
      'command',
      "a program and its arguments, ['node', 'server.js'] say",
      command,
    )
    throw new UsageError(message, 'COMMAND_UNUSABLE', 'command')
  }
}

function checkNumber(
  name: keyof typeof ranges,
  { min, max, whole, unit }: Range,
  options: ResolvedOptions,
): void {
  const value: unknown = options[name]
  const fits =
    typeof value === 'number' && value >= min && value <= max && (!whole || Number.isInteger(value))
  if (!fits) throw badOption(name, `a ${whole ? 'whole ' : ''}number${unit} from ${min} to ${max}`, value)
}

const path = /^\/[\x21-\x7e]*$/

function checkPath(name: 'path' | 'post', value: unknown): void {
  if (name === 'post' && value === undefined) return
  if (typeof value !== 'string' || !path.test(value)) {
    throw badOption(name, 'a path that begins with / and has no spaces', value)
  }
}

function checkProbe(name: 'ready' | 'live', value: unknown): void {
  if (typeof value === 'string' && (path.test(value) || /^grpc:[\x21-\x7e]*$/.test(value))) return
  throw badOption(name, 'a path that begins with / and has no spaces, or grpc:<service>', value)
}

function checkMix({ mix, ...options }: ResolvedOptions): void {
  if (mix === undefined) return
  if (typeof mix !== 'string' || mix === '') throw badOption('mix', 'the path of a file', mix)
  for (const name of ['path', 'post', 'expect'] as const) {
    if (options[name] === defaults[name]) continue
    throw badOption(name, `it not to be given, since ${mix} says what is asked`, options[name])
  }
}
