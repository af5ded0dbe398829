import { basename } from 'node:path'
import type { Platform, Surroundings } from '../options/platform.js'
import type { Ancestor } from './ancestors.js'

const shells = ['sh', 'dash', 'ash', 'bash', 'busybox']

const isShell = ({ commandLine: [program = ''] }: Ancestor) => shells.includes(basename(program))

/** What a shell was told to run: the command after `-c` (or `-ec`, `-lc`), else the script it was given by name. */
function textOf({ commandLine, readFile }: Ancestor): string {
  const [, ...args] = commandLine
  if (args.some((arg) => /^-[a-z]*c$/.test(arg))) return args.join(' ')
  const script = args.find((arg) => !arg.startsWith('-') && !shells.includes(arg))
  return script === undefined ? '' : readFile(script)
}

/** A shell that waits for what it runs keeps the signals to itself, unless a trap of it sends them on. */
function keepsSignals(shell: Ancestor): boolean {
  const text = textOf(shell)
  return !(/\btrap\b/.test(text) && /\bkill\b/.test(text))
}

/** What runs the scripts of package.json. */
interface Runner {
  readonly name: string
  readonly script: string
  /** Told by its command line where it does not pass signals on even without a shell in between. */
  readonly deaf?: RegExp
}

function runnerIn(env: Surroundings['env']): Runner | undefined {
  const { NODE_RUN_SCRIPT_NAME, npm_lifecycle_event, npm_config_user_agent = '' } = env
  if (NODE_RUN_SCRIPT_NAME) return { name: 'node --run', script: NODE_RUN_SCRIPT_NAME, deaf: / --run / }
  if (!npm_lifecycle_event) return undefined
  const [name = '', version = ''] = npm_config_user_agent.split(/[/ ]/)
  const isYarn1 = name === 'yarn' && version.startsWith('1.')
  return { name, script: npm_lifecycle_event, ...(isYarn1 ? { deaf: /\byarn/ } : {}) }
}

const startNodeItself = 'write CMD ["node", "main.js"] in the Dockerfile'

/**
 * Finds what stands between the platform and this process and would swallow its signals. Bash replaces itself by the
 * last command it was given, dash and ash do not. A shell that is process 1 ignores SIGTERM, `node --run` likewise. npm
 * and pnpm up to 10 end with the script's shell, which dies of SIGTERM, and yarn 1 ends in any case; the container ends
 * with them. Later pnpm and yarn pass the signal on and wait.
 *
 * @returns a sentence with the mend, or nothing
 */
export function findSignalSwallower(
  platform: Platform,
  { env, ancestors }: Pick<Surroundings, 'env' | 'ancestors'>,
): string | undefined {
  // Ctrl-C reaches every process of a terminal by itself.
  if (platform === 'terminal') return undefined
  const above = [...ancestors()]
  const nearestIsShell = () => above[0] !== undefined && isShell(above[0])
  const runner = runnerIn(env)
  const scriptShell = runner && nearestIsShell() && above[0]?.pid !== 1 ? above.shift() : undefined
  const runnerProcess = runner && !nearestIsShell() ? above.shift() : undefined
  const [outer] = above

  if (outer?.pid === 1 && isShell(outer) && keepsSignals(outer)) {
    return (
      `a shell is process 1 (${outer.commandLine.join(' ')}) and keeps SIGTERM to itself: ${startNodeItself}, or put ` +
      'exec in front of what the shell runs'
    )
  }
  if (runner?.deaf && runnerProcess && runner.deaf.test(runnerProcess.commandLine.join(' '))) {
    return `${runner.name} does not wait for this process after SIGTERM, if it passes it on at all: ${startNodeItself}`
  }
  if (runner && scriptShell && keepsSignals(scriptShell)) {
    const mend = runner.script === 'npx' ? '' : `, or "${runner.script}": "exec node …" in package.json`
    return `${runner.name} and its shell end at SIGTERM without waiting for this process: ${startNodeItself}${mend}`
  }
  return undefined
}
