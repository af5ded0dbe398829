import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'

type Line = Record<string, unknown>

/** What a process says on its standard output, one JSON object a line, and how it ends. */
export interface Heard {
  /** The first JSON line that has this key, now or later; undefined if the process ends without one. */
  line(key: string, ms?: number): Promise<Line | undefined>
  /** The values of all JSON lines so far that have this key. */
  said(key: string): unknown[]
  /** Everything printed so far. */
  output(): string
  /** The exit code, or undefined if the process is still there after `ms`. */
  exitCode(ms: number): Promise<number | null | undefined>
  isGone(): boolean
}

/** Listens to a child whose standard output is a pipe. A terminal's echo before a line is passed over. */
export function listenTo(child: ChildProcess): Heard {
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
  const lines = () => {
    const whole = stdout.split('\n').slice(0, -1)
    return whole.flatMap((line) => {
      const json = /\{".*\}/.exec(line)?.[0]
      return json === undefined ? [] : [JSON.parse(json) as Line]
    })
  }

  return {
    async line(key, ms = 100_000) {
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
    exitCode: (ms) => Promise.race([gone, sleep(ms).then(() => undefined)]),
    isGone: () => isGone,
  }
}
