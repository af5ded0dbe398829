import { spawn, spawnSync } from 'node:child_process'
import { type Heard, listenTo } from './listen-to.js'

/** Why no pseudo-terminal can be had here; undefined where one can. */
export function whyNoTerminal(): string | undefined {
  const { error, status, stdout } = spawnSync('script', ['-qec', 'tty', '/dev/null'], {
    encoding: 'utf8',
    input: '',
  })
  if (error) return error.message
  return status === 0 ? undefined : `script (util-linux) says ${stdout}`
}

/** A command in the foreground of a pseudo-terminal of its own. */
export interface OnTerminal extends Heard, AsyncDisposable {
  /** Presses keys. `\x03` is Ctrl-C: the terminal sends SIGINT to everybody in the foreground. */
  type(keys: string): void
}

/** Ctrl-C, as a terminal gets it. */
export const ctrlC = '\x03'

/** Starts a command line on a terminal. */
export function startOnTerminal(
  command: string,
  { cwd, env }: { cwd: string; env: Record<string, string> },
): OnTerminal {
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    cwd,
    env: { ...env, SHELL: '/bin/sh' },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.on('error', () => {})
  const heard = listenTo(child)
  return {
    ...heard,
    type: (keys) => void child.stdin.write(keys),
    async [Symbol.asyncDispose]() {
      // Whoever is in the foreground of a terminal that goes away gets SIGHUP.
      if (!heard.isGone()) child.kill('SIGKILL')
      await heard.exitCode(5000)
    },
  }
}
