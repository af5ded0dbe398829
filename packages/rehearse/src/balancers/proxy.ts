import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Address, Endpoint } from '../endpoints.js'
import { unfit } from '../errors.js'
import { findCommand } from '../find-command.js'
import { freePort } from '../free-port.js'
import type { ProcessGroups } from '../process-groups.js'
import { type ServiceProcess, startService } from '../service-process.js'
import type { Balancer, BalancerReport, Way } from './balancer.js'
import { createBalancerLog } from './balancer-log.js'

/** What a program's configuration is written from. */
export interface ProxySetup {
  /** For everything that the program wants to write. */
  folder: string
  /** A path for its control socket. */
  control: string
  /** Where clients connect. */
  address: Address
}

/** A program that can stand in front of the replicas. */
export interface ProxyKind {
  kind: BalancerReport['kind']
  /** How to get it, for the message where it is missing. */
  install: string
  told: string
  /**
   * Looks at the program before it is started.
   *
   * @throws {UsageError} when it cannot do what is needed
   */
  inspect(program: string): { version: string; configuration(setup: ProxySetup): string }
  /** Runs it in the foreground with this configuration. */
  commandLine(file: string, folder: string): string[]
  /** Makes these endpoints the only ones that get requests. Is never called again before it has ended. */
  createTell(control: string): (endpoints: readonly Endpoint[]) => Promise<void>
  /** @param replicaAt the replica at an address like `127.0.0.1:3000` */
  wayOf(
    headers: Readonly<Record<string, string | string[] | undefined>>,
    replicaAt: (address: string) => string | undefined,
  ): Way
  /** What every line has that the program logs about such a request. */
  logPattern(trace: string): string
}

/** A program in front of the replicas. */
export interface Proxy extends Balancer {
  process: ServiceProcess
  version: string
  /** Tells it which endpoints there are. */
  tell(endpoints: readonly Endpoint[]): Promise<void>
  /** Removes what it has written; the process must be gone. */
  cleanUp(): void
}

const host = '127.0.0.1'
const patience = 5000
/** Programs write to their log after they have answered. */
const logDelay = 500

/** Finds a balancer's program, also where Debian keeps it and many users' PATH does not lead. */
export function findProxy({ kind, install }: Pick<ProxyKind, 'kind' | 'install'>): string {
  const path = [process.env['PATH'], '/usr/sbin', '/usr/local/sbin'].join(delimiter)
  try {
    return findCommand(kind, path)
  } catch {
    throw unfit('lb', `the program ${kind} in PATH, /usr/sbin or /usr/local/sbin, got none (${install})`)
  }
}

/**
 * Starts a program in front of replicas that it knows nothing of yet.
 *
 * @throws {UsageError} when it is not there, cannot do what is needed, or does not start
 */
export async function startProxy(proxy: ProxyKind, groups: ProcessGroups): Promise<Proxy> {
  const { kind, told } = proxy
  const program = findProxy(proxy)
  const { version, configuration } = proxy.inspect(program)
  const folder = mkdtempSync(join(tmpdir(), 'rehearse-'))
  const cleanUp = () => rmSync(folder, { recursive: true, force: true })
  const address = { host, port: await freePort(host) }
  const control = join(folder, 'control')
  const file = join(folder, 'balancer.conf')
  writeFileSync(file, configuration({ folder, control, address }))

  const log = createBalancerLog()
  const command = [program, ...proxy.commandLine(file, folder)]
  const service = await startService({ command, address, env: {}, onOutput: log.write }, groups)
  if (!(await listens(address, service))) {
    service.kill()
    await service.exited
    cleanUp()
    throw unfit(
      'lb',
      `${program} to start, got one that does not; it wrote last:\n${(await service.lastOutput()).join('\n')}`,
    )
  }

  const addresses = new Map<string, string>()
  const tellNow = proxy.createTell(control)
  let telling = Promise.resolve()
  return {
    process: service,
    version,
    cleanUp,
    report: { kind, version, told },
    pick: () => ({ id: kind, address, ready: true }),
    tell(endpoints) {
      for (const { id, address: at } of endpoints) addresses.set(`${at.host}:${at.port}`, id)
      telling = telling.then(() => tellNow(endpoints))
      return telling
    },
    wayOf: (headers) => proxy.wayOf(headers, (at) => addresses.get(at)),
    logOf: ({ trace, sentAt, endedAt }) =>
      trace === undefined ? undefined : log.find(proxy.logPattern(trace), sentAt, endedAt + logDelay),
  }
}

async function listens(address: Address, { exited }: ServiceProcess): Promise<boolean> {
  let ended = false
  void exited.then(() => {
    ended = true
  })
  const until = performance.now() + patience
  while (!ended && performance.now() < until) {
    if (await accepts(address)) return !ended
    await sleep(20)
  }
  return false
}

function accepts(address: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
