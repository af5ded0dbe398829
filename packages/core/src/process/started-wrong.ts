import { basename } from 'node:path'
import type { Platform, Surroundings } from '../options/platform.js'
import type { Ancestor } from './ancestors.js'

const shells = ['sh', 'dash', 'ash', 'bash', 'busybox', 'zsh', 'ksh', 'mksh']

const isShell = ({ commandLine: [program = ''] }: Ancestor) => shells.includes(basename(program))

/** What a shell was told to run: the command after `-c` (or `-ec`, `-lc`), else the script it was given by name. */
function textOf({ commandLine, readFile }: Ancestor): string {
  const [, ...args] = commandLine
  if (args.some((arg) => /^-[a-z]*c$/.test(arg))) return args.join(' ')
  const script = args.find((arg) => !arg.startsWith('-') && !shells.includes(arg))
  return script === undefined ? '' : readFile(script)
}

/** Somebody types into it: it runs what it is told next, and is no part of the service. */
const isInteractive = ({ commandLine: [, ...args] }: Ancestor) =>
  args.every((arg) => shells.includes(arg) || /^-[il]*$|^--/.test(arg))

/** What only prepares the start of another process, and ends when that ends: what stands above it stands above us as well. */
const launcher = /(?:^|\/)(?:tsx|nodemon|cross-env|dotenv|dotenv-cli|dotenvx|env-cmd)(?:\/|\.[cm]?js$|$)/

function isLauncher({ commandLine: [program = '', ...args] }: Ancestor): boolean {
  const script = basename(program) === 'node' ? args.find((arg) => !arg.startsWith('-')) : program
  return script !== undefined && launcher.test(script)
}

/** What stands above this process and those that have only prepared its start. */
function withoutLaunchers(ancestors: readonly Ancestor[]): Ancestor[] {
  const first = ancestors.findIndex((each) => !isLauncher(each))
  return first === -1 ? [] : ancestors.slice(first)
}

/** The nearest shell that does not send signals on, with nobody but launchers in between. */
function shellAmong(above: readonly Ancestor[]): Ancestor | undefined {
  const passes = (each: Ancestor) => isLauncher(each) || (isShell(each) && !keepsSignals(each))
  const found = above.find((each) => !passes(each))
  if (found === undefined || !isShell(found)) return undefined
  return found.pid === 1 || !isInteractive(found) ? found : undefined
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

function sayOfShell({ pid, commandLine }: Ancestor, platform: Platform): string {
  const text = commandLine.join(' ')
  if (platform === 'systemd') {
    return (
      `systemd tells only the shell (${text}) to stop, and ends this process with it: write ExecStart=node main.js in ` +
      'the unit, or KillMode=control-group'
    )
  }
  const what =
    pid === 1
      ? `a shell is process 1 (${text}) and keeps SIGTERM to itself`
      : `a shell (${text}) ends at SIGTERM without waiting for this process, and whoever has started it ends with it`
  return `${what}: ${startNodeItself}, or put exec in front of what the shell runs`
}

/** Ctrl-C reaches every process of a terminal by itself, PM2 tells all below it, and systemd all of a unit. */
function tellsEveryProcess(platform: Platform, killMode: Surroundings['killMode']): boolean {
  if (platform === 'systemd') return (killMode?.() ?? 'control-group') === 'control-group'
  return platform === 'terminal' || platform === 'pm2'
}

/**
 * Finds what stands between the platform and this process and would swallow its signals. Bash replaces itself by the
 * last command it was given, dash and ash do not. A shell that is process 1 ignores SIGTERM, `node --run` likewise; below
 * an init (tini, dumb-init, `docker run --init`) it dies of it, and the container ends with it. npm and pnpm up to 10 end
 * with the script's shell, and yarn 1 ends in any case. Later pnpm and yarn pass the signal on and wait.
 *
 * @returns a sentence with the mend, or nothing
 */
export function findSignalSwallower(
  platform: Platform,
  { env, ancestors, killMode }: Pick<Surroundings, 'env' | 'ancestors' | 'killMode'>,
): string | undefined {
  if (tellsEveryProcess(platform, killMode)) return undefined
  const above = withoutLaunchers(ancestors())
  const nearestIsShell = () => above[0] !== undefined && isShell(above[0])
  const runner = runnerIn(env)
  const scriptShell = runner && nearestIsShell() && above[0]?.pid !== 1 ? above.shift() : undefined
  const runnerProcess = runner && !nearestIsShell() ? above.shift() : undefined
  const shell = shellAmong(above)

  if (shell?.pid === 1) return sayOfShell(shell, platform)
  if (runner?.deaf && runnerProcess && runner.deaf.test(runnerProcess.commandLine.join(' '))) {
    return `${runner.name} does not wait for this process after SIGTERM, if it passes it on at all: ${startNodeItself}`
  }
  if (runner && scriptShell && keepsSignals(scriptShell)) {
    const mend = runner.script === 'npx' ? '' : `, or "${runner.script}": "exec node …" in package.json`
    return `${runner.name} and its shell end at SIGTERM without waiting for this process: ${startNodeItself}${mend}`
  }
  return shell && sayOfShell(shell, platform)
}
