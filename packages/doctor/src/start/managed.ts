import { programName } from './programs.js'

/** What a package manager is told to run. */
export interface Managed {
  readonly name: string
  /** A script of package.json. */
  readonly script?: string | undefined
  /** The package of a workspace that it is of. */
  readonly workspace?: string | undefined
  /** Another folder than the present one. */
  readonly folder?: string | undefined
  /** A program instead of a script: `npx serve`. */
  readonly command?: readonly string[] | undefined
}

const withValue = /^(?:--prefix|--cwd|-C|--dir|--filter|-F|-w|--workspace|--loglevel|-p|--package)$/

interface Parsed {
  readonly words: string[]
  readonly options: Map<string, string>
}

function parse(words: readonly string[]): Parsed {
  const rest: string[] = []
  const options = new Map<string, string>()
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string
    if (rest.length > 1 || !word.startsWith('-')) rest.push(word)
    else if (word.includes('='))
      options.set(word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1))
    else if (withValue.test(word)) options.set(word, words[++at] ?? '')
  }
  return { words: rest, options }
}

const ownCommands = new Set(['install', 'ci', 'add', 'create', 'init', 'dedupe', 'audit', 'config', 'build'])

/** Reads the command line of npm, yarn, pnpm, npx and `node --run`. */
export function readManaged(given: readonly string[]): Managed | undefined {
  let words = given
  if (programName(words[0] ?? '') === 'corepack') words = words.slice(1)
  const name = programName(words[0] ?? '').replace('yarnpkg', 'yarn')
  if (name === 'node') {
    const at = words.findIndex((word) => word === '--run' || word.startsWith('--run='))
    if (at < 0) return undefined
    const script = words[at]?.split('=')[1] ?? words[at + 1]
    return { name: 'node --run', script }
  }
  const { words: rest, options } = parse(words.slice(1))
  if (name === 'npx' || name === 'pnpx' || name === 'bunx') return { name, command: rest }
  const workspace =
    options.get('--filter') ?? options.get('-F') ?? options.get('-w') ?? options.get('--workspace')
  const folder = options.get('--prefix') ?? options.get('--cwd') ?? options.get('-C') ?? options.get('--dir')
  return { name, workspace, folder, ...whatItRuns(name, rest) }
}

type Run = Pick<Managed, 'script' | 'command' | 'workspace'>

const runners: Readonly<Record<string, (rest: readonly string[]) => Run>> = {
  run: ([script]) => ({ script }),
  'run-script': ([script]) => ({ script }),
  exec: (rest) => ({ command: rest.filter((word) => word !== '--') }),
  dlx: (rest) => ({ command: rest }),
  x: (rest) => ({ command: rest }),
}

/** What yarn alone does. */
const yarnRunners: typeof runners = {
  workspace: ([workspace = '', first, second]) => ({ workspace, script: first === 'run' ? second : first }),
  node: (rest) => ({ command: ['node', ...rest] }),
}

const npmScripts = ['start', 'test', 'stop']

function whatItRuns(name: string, [first, ...rest]: readonly string[]): Run {
  if (first === undefined) return {}
  const table = name === 'yarn' ? { ...runners, ...yarnRunners } : runners
  const runner = Object.hasOwn(table, first) ? table[first] : undefined
  if (runner) return runner(rest)
  const isScript = name === 'npm' ? npmScripts.includes(first) : !ownCommands.has(first)
  return isScript ? { script: first } : {}
}
