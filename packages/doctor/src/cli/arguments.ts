import { readDuration } from '@lameduck/core/plan'
import { Command, CommanderError } from 'commander'

/** What cannot be used. */
export class UsageError extends Error {}

/** How findings are told. */
export type Format = 'text' | 'json' | 'sarif' | 'github'

/** From which weight on the exit code is 1. */
export type FailOn = 'error' | 'warning' | 'unknown'

/** What the command line asks for. */
export interface Arguments {
  /** Files, folders, and `-` for standard input. */
  readonly paths: readonly string[]
  readonly format: Format
  readonly failOn: FailOn
  readonly baseline: string | undefined
  readonly kubernetes: readonly [number, number] | undefined
  /** In milliseconds. */
  readonly longestRequest: number | undefined
  readonly all: boolean
  readonly budget: boolean
  readonly svg: string | undefined
  readonly traffic: string | undefined
  /** A rule's id; `''`: all of them. */
  readonly explain: string | undefined
  readonly fix: boolean
  readonly yes: boolean
}

const formats: readonly Format[] = ['text', 'json', 'sarif', 'github']
const levels: readonly FailOn[] = ['error', 'warning', 'unknown']

function oneOf<T extends string>(option: string, values: readonly T[], given: string): T {
  const found = values.find((value) => value === given)
  if (found === undefined)
    throw new UsageError(`--${option}: expected one of ${values.join(', ')}, got "${given}"`)
  return found
}

function readVersion(given: string | undefined): readonly [number, number] | undefined {
  if (given === undefined) return undefined
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(given) ?? []
  if (minor === undefined)
    throw new UsageError(`--kubernetes: expected a version such as 1.33, got "${given}"`)
  return [Number(major), Number(minor)]
}

function readTime(given: string | undefined): number | undefined {
  if (given === undefined) return undefined
  const time = readDuration(/^\d+$/.test(given) ? Number(given) : given)
  if (time === undefined)
    throw new UsageError(`--longest-request: expected a duration such as 30s or 500ms, got "${given}"`)
  return time
}

function createProgram(): Command {
  return new Command('doctor')
    .description('Finds the settings outside the process that lose requests although the code is right.')
    .usage('[paths | -] [options]')
    .argument(
      '[paths...]',
      'files and folders, `-` for standard input (default: all that it can read below this folder)',
    )
    .option('--format <format>', `how findings are told: ${formats.join(', ')}`, 'text')
    .option('--fail-on <level>', `from which weight on the exit code is 1: ${levels.join(', ')}`, 'error')
    .option('--baseline <file>', 'a report in JSON: what it has is not told again')
    .option('--kubernetes <version>', 'the version that the manifests are for, 1.33 say')
    .option('--longest-request <time>', 'the longest request that is to be served to its end, 30s say')
    .option('--all', 'also what is no Node service')
    .option('--budget', "draw each workload's time from SIGTERM to SIGKILL")
    .option('--svg <file>', 'draw the budget, and write it as SVG as well')
    .option(
      '--traffic <text>',
      'draw the budget, and say how many drains turn somebody away: "3/s over 200 connections, balancer up to 10s"',
    )
    .option('--explain [rule]', 'say what a rule asks for and why; without an id, list all')
    .option('--fix', 'show changes that are safe as a diff')
    .option('--yes', 'with --fix: write them')
    .helpOption('-h, --help', 'show this help')
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .addHelpText(
      'after',
      '\nExit code: 0 nothing of weight found; 1 something was; 2 nothing could be read, or unusable arguments.',
    )
}

type Given = Readonly<Record<string, string | boolean | undefined>>

const textOf = (value: string | boolean | undefined) => (typeof value === 'string' ? value : undefined)

/**
 * Reads the command line.
 *
 * @param argv without the program: `process.argv.slice(2)`
 * @returns `undefined` when help was asked for, and printed
 * @throws {UsageError} naming the option, what was expected and what came
 */
export function parseArguments(argv: readonly string[]): Arguments | undefined {
  const program = createProgram()
  try {
    program.parse(argv, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return undefined
    throw new UsageError(error.message.replace(/^error: /, ''))
  }
  const given = program.opts<Given>()
  const { explain } = given
  const read: Arguments = {
    paths: program.args,
    format: oneOf('format', formats, String(given['format'])),
    failOn: oneOf('fail-on', levels, String(given['failOn'])),
    baseline: textOf(given['baseline']),
    kubernetes: readVersion(textOf(given['kubernetes'])),
    longestRequest: readTime(textOf(given['longestRequest'])),
    all: given['all'] === true,
    budget: given['budget'] === true || given['svg'] !== undefined || given['traffic'] !== undefined,
    svg: textOf(given['svg']),
    traffic: textOf(given['traffic']),
    explain: explain === true ? '' : textOf(explain),
    fix: given['fix'] === true,
    yes: given['yes'] === true,
  }
  if (read.yes && !read.fix) throw new UsageError('--yes: expected together with --fix')
  return read
}
