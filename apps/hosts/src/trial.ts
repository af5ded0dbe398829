import { setTimeout as sleep } from 'node:timers/promises'
import type { ForkedServer } from '@lameduck/conformance'
import { type Answer, answerOf, answerOfNewcomer, statusOf } from './answer.js'
import type { Host } from './host.js'
import { plain } from './questions.js'
import { type HostSettings, startHost } from './start-host.js'

/** What became of a host that was told to stop. */
export interface Outcome {
  /** The request that was under way at the signal. */
  readonly inFlight: Answer
  /** A request on a connection opened after the signal. */
  readonly newConnection: Answer
  /** A request after the signal on a connection that was open and idle. */
  readonly keptAlive: Answer
  /** After the signal, the status of each. */
  readonly probes: { readonly readyz: Answer; readonly livez: Answer } | undefined
  /** The exit code, or the signal that ended the process; undefined: it was still there after `patience`. */
  readonly exit: number | string | undefined
  /** From the signal to the exit, in ms. */
  readonly took: number
  /** Whether what the host runs last did run. */
  readonly closed: boolean
}

/** A trial, and what its process has printed. */
export interface Trial {
  readonly outcome: Outcome
  readonly output: string
}

/** How long a host may take to leave without us, in ms. */
export const patience = 20_000
/** How long a host without lameduck gets to hear the signal: it has no readiness that would tell. */
const hearing = 400

/** Starts a host, asks it something slow, tells it to stop, and asks on: on a new connection, and on one kept alive. */
export async function tryHost(host: Host, settings: HostSettings): Promise<Trial> {
  const { quick, slow } = host.questions ?? plain
  await using server = await startHost(host, settings)
  const [busy, kept] = [await server.connect(), await server.connect()]
  await answerOf(kept, quick)
  const inFlight = answerOf(busy, slow)
  await server.line('asked')
  server.signal()
  const probes = settings.lameduck ? await drainingProbes(server) : await sleep(hearing)
  const newConnection = await answerOfNewcomer(server, quick)
  const keptAlive = await answerOf(kept, quick)
  // Nothing but what is under way keeps it from here on.
  if (settings.lameduck) await server.refusing()
  server.child.kill('SIGUSR2')
  const answered = await inFlight
  const exit = await server.exited(settings.lameduck ? undefined : patience).catch(() => undefined)
  const outcome = {
    inFlight: answered,
    newConnection,
    keptAlive,
    probes: probes ?? undefined,
    exit: exit?.signal ?? exit?.code ?? undefined,
    took: Math.round(exit?.ms ?? patience),
    closed: server.said('theirs').includes(true),
  }
  return { outcome, output: server.output }
}

/** What the probes say once readiness says that the process drains. */
async function drainingProbes(server: ForkedServer) {
  const ask = (path: string) => statusOf(server, { method: 'GET', path, answer: '' })
  const since = performance.now()
  for (;;) {
    const readyz = await ask('/readyz')
    if (!readyz.startsWith('200') || performance.now() - since > 60_000)
      return { readyz, livez: await ask('/livez') }
    await sleep(10)
  }
}
