import { spawn } from 'node:child_process'
import type { Address } from './endpoints.js'
import { UsageError } from './errors.js'
import { createOutputBuffer } from './output-buffer.js'
import type { ProcessGroups } from './process-groups.js'

/** How a process ended: by itself with `code`, or by `signal`. */
export interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
  /** `performance.now()` at the end. */
  at: number
}

/** One running copy of the service. */
export interface ServiceProcess {
  pid: number
  address: Address
  /** Resolves when the process has ended; never rejects. */
  exited: Promise<Exit>
  /** The last lines it wrote to stdout and stderr. */
  output(): string[]
  /** Sends a signal to the process itself, as the kubelet does to a container's PID 1. */
  signal(name: NodeJS.Signals): void
  /** Sends SIGKILL to it and to everything it started. */
  kill(): void
}

/** What to start. */
export interface ServiceCommand {
  command: readonly string[]
  address: Address
  /** Set in addition to this process's own environment. */
  env: Readonly<Record<string, string>>
}

/**
 * Starts the service as the leader of a process group of its own, without a shell.
 *
 * @throws {UsageError} when the command cannot be started
 */
export async function startService(
  { command, address, env }: ServiceCommand,
  groups: ProcessGroups,
): Promise<ServiceProcess> {
  const [file = '', ...args] = command
  const child = spawn(file, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const output = createOutputBuffer()
  child.stdout.setEncoding('utf8').on('data', output.write)
  child.stderr.setEncoding('utf8').on('data', output.write)

  // Taken before any wait: a process that ends at once must not be missed, nor one that starts while this process exits.
  const { pid } = child
  if (pid !== undefined) groups.add(pid)
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      if (pid !== undefined) groups.end(pid)
      resolve({ code, signal, at: performance.now() })
    })
  })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (error) => {
      reject(new UsageError(`the command ${JSON.stringify(file)} cannot be started: ${error.message}`))
    })
  })
  child.on('error', () => {})
  if (pid === undefined) throw new UsageError(`the command ${JSON.stringify(file)} has no process id`)

  return {
    pid,
    address,
    exited,
    output: output.lines,
    signal: (name) => void child.kill(name),
    kill: () => groups.kill(pid),
  }
}
