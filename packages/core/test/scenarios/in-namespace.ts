import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const unshare = ['-fp', '--mount-proc', '--kill-child']

/** Why no PID namespace can be made here; undefined where one can. */
export function whyNoNamespace(): string | undefined {
  const { error, status, stderr } = spawnSync('unshare', [...unshare, 'true'], { encoding: 'utf8' })
  if (error) return error.message
  return status === 0 ? undefined : stderr.trim()
}

/** A command that is process 1 of a PID namespace of its own, as in a container. */
export interface Contained extends AsyncDisposable {
  /** The first JSON line on stdout that has this key, now or later; undefined if the namespace ends without one. */
  line(key: string, ms?: number): Promise<Record<string, unknown> | undefined>
  /** The values of all JSON lines so far that have this key. */
  said(key: string): unknown[]
  output(): string
  /** Sends a signal to process 1 from outside, as the kubelet or `docker stop` does. */
  signal(name: NodeJS.Signals): void
  /** The exit code of process 1, or undefined if it is still there after `ms`. */
  exitCode(ms: number): Promise<number | null | undefined>
}

/** Starts a command as process 1. */
export function startContained(
  [program = '', ...args]: readonly string[],
  { cwd, env }: { cwd: string; env: Record<string, string> },
): Contained {
  const child: ChildProcess = spawn('unshare', [...unshare, program, ...args], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  let isGone = false
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const gone = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      isGone = true
      resolve(code)
    })
  })
  const lines = () =>
    stdout
      .split('\n')
      .slice(0, -1)
      .filter((line) => line.startsWith('{"'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)

  /** The number of process 1 in this namespace. */
  const init = () =>
    Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ')[0])

  return {
    async line(key, ms = 15_000) {
      const until = performance.now() + ms
      const find = () => lines().find((line) => key in line)
      while (find() === undefined && !isGone && performance.now() < until) await sleep(20)
      return find()
    },
    said: (key) =>
      lines()
        .filter((line) => key in line)
        .map((line) => line[key]),
    output: () => stdout + stderr,
    signal: (name) => void process.kill(init(), name),
    exitCode: (ms) => Promise.race([gone, sleep(ms).then(() => undefined)]),
    async [Symbol.asyncDispose]() {
      if (!isGone) child.kill('SIGKILL')
      await gone
    },
  }
}
