import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { type Heard, listenTo } from './listen-to.js'

const unshare = ['-fp', '--mount-proc', '--kill-child']

/** Why no PID namespace can be made here; undefined where one can. */
export function whyNoNamespace(): string | undefined {
  const { error, status, stderr } = spawnSync('unshare', [...unshare, 'true'], { encoding: 'utf8' })
  if (error) return error.message
  return status === 0 ? undefined : stderr.trim()
}

/** A command that is process 1 of a PID namespace of its own, as in a container. */
export interface Contained extends Heard, AsyncDisposable {
  /** Sends a signal to process 1 from outside, as the kubelet or `docker stop` does. */
  signal(name: NodeJS.Signals): void
}

/** Starts a command as process 1. */
export function startContained(
  [program = '', ...args]: readonly string[],
  { cwd, env }: { cwd: string; env: Record<string, string> },
): Contained {
  const child = spawn('unshare', [...unshare, program, ...args], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const heard = listenTo(child)

  /** The number that process 1 has out here. */
  const init = () => {
    const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
    const pid = Number.parseInt(children, 10)
    if (!(pid > 1)) throw new Error(`process 1 is gone: ${heard.output()}`)
    return pid
  }

  return {
    ...heard,
    signal: (name) => void process.kill(init(), name),
    async [Symbol.asyncDispose]() {
      if (!heard.isGone()) child.kill('SIGKILL')
      await heard.exitCode(5000)
    },
  }
}
