import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { ForkedServer, freePorts } from '@lameduck/conformance'
import { statusOf } from './answer.js'
import type { Host, Program, Question } from './host.js'
import { plain } from './questions.js'

/** Where a host runs, and with what. */
export interface HostSettings {
  /** The host's folder, installed and built. */
  readonly cwd: string
  readonly program: Program
  /** Whether lameduck is in it: then the trial waits until its readiness says so. */
  readonly lameduck: boolean
  /** What Node is given before the script. */
  readonly nodeArguments?: readonly string[]
  readonly node?: string
  /** More for its environment. */
  readonly env?: Readonly<Record<string, string>>
}

const window = {
  LAMEDUCK_PLATFORM: 'kubernetes',
  LAMEDUCK_GRACE_PERIOD: '60s',
  LAMEDUCK_SHUTDOWN_DELAY: '4s',
  LAMEDUCK_LINGER: '4s',
}

/** Starts a host, and waits until it answers. */
export async function startHost(host: Host, settings: HostSettings): Promise<ForkedServer> {
  const { cwd, program, node, nodeArguments = [], env } = settings
  const [port = 0] = await freePorts(1)
  const address = { PORT: String(port), HOST: '127.0.0.1', HOSTNAME: '127.0.0.1' }
  const server = new ForkedServer(new URL(program.script, pathToFileURL(`${cwd}/`)), {
    cwd,
    nodeArguments,
    scriptArguments: program.arguments ?? [],
    env: { ...address, NODE_ENV: 'production', ...(settings.lameduck ? window : {}), ...env },
    ...(node === undefined ? {} : { node }),
  })
  server.port = port
  try {
    await answering(server, (host.questions ?? plain).quick)
    return server
  } catch (error) {
    await server[Symbol.asyncDispose]()
    throw error
  }
}

async function answering(server: ForkedServer, quick: Question): Promise<void> {
  const since = performance.now()
  for (;;) {
    const answer = await statusOf(server, quick)
    if (answer.startsWith('200')) return
    const gone = server.child.exitCode !== null || server.child.signalCode !== null
    if (gone || performance.now() - since > 60_000)
      throw new Error(`${answer}: ${server.output.slice(-4000)}`)
    await sleep(50)
  }
}
