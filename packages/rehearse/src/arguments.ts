import { Command, CommanderError } from 'commander'
import { UsageError } from './errors.js'
import { optionFlag } from './option-flag.js'
import { defaults, type RehearseOptions } from './options.js'

/** What the command line asks for. */
export interface ParsedArguments {
  options: RehearseOptions
  /** Where to write the report as JSON; `undefined`: nowhere. */
  json: string | undefined
}

const numbers = {
  replicas: 'replicas that serve at a time',
  rollouts: 'how often all replicas are replaced',
  rps: 'requests per second, at a constant rate',
  connections: 'keep-alive connections that carry the load',
  propagation: 'ms until the balancer hears of a change, spread by ±50 %',
  grace: 'seconds from preStop to SIGKILL',
  preStop: 'seconds of preStop sleep, taken from --grace',
  probePeriod: 'seconds between probes',
  failureThreshold: 'failed readiness probes that make a replica unready',
  readyTimeout: 'seconds that a replica may take to become ready',
  timeout: 'seconds of silence after which a request counts as lost',
} as const

const texts = {
  ready: ['<probe>', 'readiness probe: a path, or grpc:<service>'],
  live: ['<probe>', 'liveness probe: a path, or grpc:<service>'],
  lb: ['<kind>', 'who spreads the load: service, nginx or haproxy'],
  portEnv: ['<name>', 'environment variable that tells the service its port'],
  path: ['<path>', 'path that is asked with GET'],
  post: ['<path>', 'path that every second request is POSTed to, with 1 KiB'],
  expect: ['<text>', 'text that every answer to a GET contains'],
  mix: ['<file>', 'YAML that says what is asked, and how often: HTTP requests and gRPC calls'],
} as const

interface GivenOptions {
  report?: string
  json?: string
  retryRefused?: boolean
  [text: string]: string | boolean | undefined
}

/**
 * Reads the command line.
 *
 * @param argv without the program: `process.argv.slice(2)`
 * @returns `undefined` when help was asked for, and printed
 * @throws {UsageError} naming the option, what was expected and what came
 */
export function parseArguments(argv: readonly string[]): ParsedArguments | undefined {
  const program = createProgram()
  try {
    program.parse(argv, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return undefined
    throw new UsageError(error.message.replace(/^error: /, ''))
  }
  const given = program.opts<GivenOptions>()
  refuseWhatIsNotYet(given)
  if (program.args.length === 0) {
    throw new UsageError(
      'no command: expected rehearse [options] -- <command that starts the service>',
      'COMMAND_UNUSABLE',
    )
  }
  return { options: readOptions(given, program.args), json: given.json }
}

function createProgram(): Command {
  const program = new Command('rehearse')
    .description('Roll any service under load, as Kubernetes does, and see whether a request was lost.')
    .usage('[options] -- <command that starts the service>')
    .argument('[command...]')
    .helpOption('-h, --help', 'show this help')
    .passThroughOptions()
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
  for (const [name, text] of Object.entries(numbers)) {
    program.option(`${optionFlag(name)} <n>`, `${text} (default: ${defaults[name as keyof typeof numbers]})`)
  }
  for (const [name, [value, text]] of Object.entries(texts)) {
    const usual = defaults[name as keyof typeof texts]
    program.option(`${optionFlag(name)} ${value}`, usual === undefined ? text : `${text} (default: ${usual})`)
  }
  return program
    .option(
      '--retry-refused',
      'send refused requests again, and do not count those against the service that were then answered',
    )
    .option('--json <file>', 'write the report as JSON')
    .option('--report <file>', 'not yet')
    .addHelpText(
      'after',
      '\nExit code: 0 nothing lost; 1 requests lost or refused, SIGKILL needed, or a replica never ready; 2 unusable arguments.',
    )
}

function refuseWhatIsNotYet(given: GivenOptions): void {
  if (given.report !== undefined)
    throw new UsageError('--report: not yet; --json writes the report for machines')
}

function readOptions(given: GivenOptions, command: string[]): RehearseOptions {
  const options: Record<string, unknown> & { command: string[]; retryRefused?: boolean } = { command }
  for (const name of Object.keys(numbers)) {
    const text = given[name]
    if (typeof text === 'string')
      options[name] = /^[+-]?(\d+\.?\d*|\.\d+)(e\d+)?$/i.test(text) ? Number(text) : text
  }
  for (const name of Object.keys(texts)) if (given[name] !== undefined) options[name] = given[name]
  if (given.retryRefused === true) options.retryRefused = true
  return options
}
