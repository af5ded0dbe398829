import { type ChildProcess, spawn } from 'node:child_process'
import type { Writable } from 'node:stream'
import type { Address } from './endpoints.js'
import { UsageError } from './errors.js'
import { findCommand } from './find-command.js'
import { createOutputBuffer } from './output-buffer.js'
import { pause } from './pause.js'
import type { ProcessGroups } from './process-groups.js'
import { inheritedEnv } from './replica-env.js'

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
  /** The last lines it wrote to stdout and stderr, as far as they have come. */
  output(): string[]
  /** The same of a process that has ended, when all of them have come; never rejects. */
  lastOutput(): Promise<string[]>
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
  /** Is given all that it writes, as it comes. */
  onOutput?: (chunk: string) => void
}

// The shell becomes the service only after it has read a line: had this process been killed between starting it and telling the guard,
// it would read the end of the file instead, and leave. `exec` keeps the process id, so that signals reach the service itself.
const gate = 'read -r _ <&3 && exec "$@" 3<&-'

/** How long the last lines of a process that has ended may take to arrive, in milliseconds. */
const lastLines = 1000

/**
 * Starts the service as the leader of a process group of its own. Its arguments are not interpreted by a shell.
 *
 * @throws {UsageError} when the command cannot be started
 */
export async function startService(
  { command, address, env, onOutput = () => {} }: ServiceCommand,
  groups: ProcessGroups,
): Promise<ServiceProcess> {
  const [name = '', ...args] = command
  const child = spawn('/bin/sh', ['-c', gate, 'sh', findCommand(name), ...args], {
    env: { ...inheritedEnv(), ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    detached: true,
  })
  const output = createOutputBuffer()
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', output.write).on('data', onOutput)
  }

  // Taken before any wait: a process that ends at once must not be missed, nor one that starts while this process exits.
  const { pid } = child
  if (pid !== undefined) groups.add(pid)
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      if (pid !== undefined) groups.end(pid)
      resolve({ code, signal, at: performance.now() })
    })
  })
  const closed = new Promise((resolve) => child.once('close', resolve))
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (error) => {
      reject(
        new UsageError(
          `the command ${JSON.stringify(name)} cannot be started: ${error.message}`,
          'COMMAND_UNUSABLE',
          'command',
        ),
      )
    })
  })
  child.on('error', () => {})
  if (pid === undefined)
    throw new UsageError(
      `the command ${JSON.stringify(name)} has no process id`,
      'COMMAND_UNUSABLE',
      'command',
    )
  openGate(child)

  return {
    pid,
    address,
    exited,
    output: output.lines,
    // Whoever else has its pipes open cannot keep us waiting.
    lastOutput: () => pause(lastLines, closed).then(output.lines),
    signal: (signal) => void child.kill(signal),
    kill: () => groups.kill(pid),
  }
}

function openGate({ stdio }: ChildProcess): void {
  const pipe = stdio[3] as Writable
  pipe.on('error', () => {})
  pipe.end('\n')
}
