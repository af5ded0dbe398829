import { spawn } from 'node:child_process'

/** How a process ended. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly output: string
}

/** How to run a process. */
export interface RunOptions {
  readonly cwd: string | URL
  readonly env?: Readonly<Record<string, string>>
  /** Called with everything printed so far, whenever more was printed. */
  readonly onOutput?: (output: string, kill: (signal: NodeJS.Signals) => void) => void
  /** Milliseconds after which it is killed. */
  readonly patience?: number
}

/** Runs a program to its end; standard output and standard error come as one. */
export function run(
  command: string,
  args: readonly string[],
  { cwd, env = {}, onOutput, patience = 60_000 }: RunOptions,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: patience,
      killSignal: 'SIGKILL',
    })
    let output = ''
    const hear = (text: string) => {
      output += text
      onOutput?.(output, (signal) => child.kill(signal))
    }
    child.stdout.setEncoding('utf8').on('data', hear)
    child.stderr.setEncoding('utf8').on('data', hear)
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal, output }))
  })
}

/** As {@link run}; rejects with the output if the program does not exit with 0. */
export async function succeed(
  command: string,
  args: readonly string[],
  options: RunOptions,
): Promise<string> {
  const { code, signal, output } = await run(command, args, options)
  if (code === 0) return output
  throw new Error(`${command} ${args.join(' ')} ended with ${signal ?? code}:\n${output}`)
}
