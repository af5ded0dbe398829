import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePorts } from '../free-port.js'

/** What a configuration is written from. */
export interface BalancerSetup {
  /** For everything that the program wants to write. */
  readonly folder: string
  readonly port: number
  /** The ports of the servers behind it. */
  readonly servers: readonly number[]
}

/** A load balancer and one way to configure it. */
export interface BalancerKind {
  readonly name: string
  readonly program: string
  /** Prints the version, and fails where the program is not installed. */
  readonly versionArgument: string
  /** Matches the lines of its log that speak of nothing but refused connections, which it sends elsewhere. */
  readonly harmless: RegExp
  configuration(setup: BalancerSetup): string
  /** Runs in the foreground with this configuration. */
  commandLine(file: string, folder: string): readonly string[]
}

/** A balancer that runs. Disposing of it ends the process. */
export interface Balancer extends AsyncDisposable {
  readonly port: number
  /** The first lines that it logged, without the harmless ones. */
  log(): string
}

// The balancer ends when its input does, that is, also when the test is killed.
const untilInputEnds = '"$@" </dev/null & cat >/dev/null; kill $!; wait $!'
/** Debian keeps the programs where many users' PATH does not lead. */
const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/usr/local/sbin` }
const patience = 5000
const keptLog = 40

/** Why this balancer cannot be tested here; `undefined`: it can. */
export function missingBalancer({ program, versionArgument }: BalancerKind): string | undefined {
  try {
    execFileSync(program, [versionArgument], { stdio: 'ignore', env })
    return undefined
  } catch (error) {
    return `${program} cannot be run here (${(error as NodeJS.ErrnoException).code ?? (error as Error).message})`
  }
}

/** Starts a balancer in front of servers on loopback, whether or not they listen already. */
export async function startBalancer(kind: BalancerKind, servers: readonly number[]): Promise<Balancer> {
  const folder = mkdtempSync(join(tmpdir(), 'lameduck-balancer-'))
  const [port = 0] = await freePorts(1)
  const file = join(folder, 'balancer.conf')
  writeFileSync(file, kind.configuration({ folder, port, servers }))
  const child = spawn('/bin/sh', [
    '-c',
    untilInputEnds,
    'sh',
    kind.program,
    ...kind.commandLine(file, folder),
  ])
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      if (lines.length < keptLog && !kind.harmless.test(line)) lines.push(line)
    })
  }
  const balancer: Balancer = {
    port,
    log: () => lines.join('\n'),
    async [Symbol.asyncDispose]() {
      await end(child)
      rmSync(folder, { recursive: true, force: true })
    },
  }
  for (const startedAt = performance.now(); !(await listens(port)); await sleep(20)) {
    if (performance.now() - startedAt < patience) continue
    await balancer[Symbol.asyncDispose]()
    throw new Error(`${kind.name} does not listen on port ${port}:\n${balancer.log()}`)
  }
  return balancer
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  child.stdin?.end()
  await closed
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
