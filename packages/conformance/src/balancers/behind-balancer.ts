import { setTimeout as sleep } from 'node:timers/promises'
import { type Exit, type ForkedServer, startServer } from '../forked-server.js'
import { freePorts } from '../free-port.js'
import type { ServerUnderTest } from '../server-under-test.js'
import { type BalancerKind, startBalancer } from './balancer.js'
import { startLoad } from './load.js'

/** How much to ask, of how many servers. */
export interface RollingSettings {
  readonly servers: number
  readonly clients: number
  /** The least number of requests; more are sent if the servers are not replaced by then. */
  readonly requests: number
}

/** What has become of the requests, and of the servers that were replaced. */
export interface RollingOutcome {
  readonly sent: number
  readonly lost: readonly string[]
  readonly exits: readonly Exit[]
  readonly balancerLog: string
}

const drain = { platform: 'kubernetes', gracePeriod: 20_000, shutdownDelay: 300, linger: 1500 } as const
const settle = 300

/**
 * Replaces all servers behind a balancer, one after the other and each on its own port, while requests keep coming. Nobody
 * tells the balancer anything: it keeps sending to a server that drains, and is refused until the next one listens.
 */
export async function rollBehind(
  kind: BalancerKind,
  subject: ServerUnderTest,
  { servers, clients, requests }: RollingSettings,
): Promise<RollingOutcome> {
  const ports = await freePorts(servers)
  const start = (port: number) => startServer(subject, { options: drain, port })
  await using running = new Servers(await Promise.all(ports.map(start)))
  await using balancer = await startBalancer(kind, ports)
  const load = startLoad(balancer.port, clients)
  await sleep(settle)
  for (const [i, port] of ports.entries()) {
    await running.end(i)
    running.replace(i, await start(port))
    await sleep(settle)
  }
  while (load.tally.sent < requests && load.tally.lost.length === 0) await sleep(20)
  await load.stop()
  return { ...load.tally, exits: running.exits, balancerLog: balancer.log() }
}

class Servers implements AsyncDisposable {
  readonly exits: Exit[] = []
  readonly #running: ForkedServer[]

  constructor(running: ForkedServer[]) {
    this.#running = running
  }

  async end(index: number): Promise<void> {
    const server = this.#running[index]
    server?.signal()
    const exit = await server?.exited()
    if (exit !== undefined) this.exits.push(exit)
  }

  replace(index: number, server: ForkedServer): void {
    this.#running[index] = server
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#running) await server[Symbol.asyncDispose]()
  }
}
