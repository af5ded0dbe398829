import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** How to fork a process. */
export interface ForkOptions {
  readonly args?: readonly string[]
  readonly nodeArguments?: readonly string[]
}

interface Answer {
  readonly id: number
  readonly answer?: unknown
  readonly error?: string
}

/** A process of the bench that answers questions. It is killed when this object is disposed of. */
export class Forked implements AsyncDisposable {
  readonly child: ChildProcess
  /** Resolves, at the moment in which it is known, when the process is gone. */
  readonly gone: Promise<{ readonly code: number | null; readonly at: number }>
  output = ''
  #asked = 0
  readonly #waiting = new Map<number, (answer: Answer) => void>()

  constructor(script: string, { args = [], nodeArguments = [] }: ForkOptions = {}) {
    this.child = fork(fileURLToPath(new URL(script, import.meta.url)), args, {
      execArgv: [...nodeArguments],
      env: cleanEnvironment(),
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    })
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.output += text
    })
    this.child.on('message', (answer: Answer) => this.#waiting.get(answer.id)?.(answer))
    this.gone = once(this.child, 'exit').then(([code]) => {
      const at = performance.now()
      for (const [id, fail] of this.#waiting) fail({ id, error: `${script} ended with ${code}` })
      return { code: code as number | null, at }
    })
  }

  /** Asks a question by its name. */
  ask<Given>(name: string, argument?: unknown): Promise<Given> {
    const id = this.#asked++
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ answer, error }) => {
        this.#waiting.delete(id)
        if (error === undefined) resolve(answer as Given)
        else reject(new Error(`${name}: ${error}`))
      })
      this.child.send({ id, name, argument })
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGKILL')
    await this.gone
  }
}

/** Nothing around the bench may change what lameduck detects. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'LANG'].map((name) => [name, process.env[name]] as const)
  return Object.fromEntries(kept.filter(([, value]) => value !== undefined))
}
