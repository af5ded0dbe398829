import type { Clock } from '../clock.js'
import type { Drainable, DrainWatcher } from '../drain/drainable.js'
import { createGate, waitUntil } from '../drain/gate.js'
import { createRateMeter } from '../drain/rate.js'
import { inBatches } from '../http/batches.js'

/** A client that exchanges messages for as long as it likes, and goes when its protocol asks it to. */
export interface Client {
  /** What the report calls it: `websocket`, … */
  readonly kind: string
  /** Whether messages for it still wait, or some have gone out since this was last asked or since it was told to go. */
  isBehind(): boolean
  /** Tells it to go, behind the messages that it has not got yet. It has `patience` milliseconds to. */
  tellToGo(patience: number): void
  /** Ends the connection without a further word. */
  terminate(): void
}

/** Who is connected, and how they leave while draining. */
export interface ClientList extends Drainable {
  /** Somebody has connected. Once the listeners have closed, it is told to go in the same tick. */
  joined(client: Client): void
  /** It has gone, whoever wanted it. */
  left(client: Client): void
}

/** Clients are told to go at this distance in milliseconds, so that at most 500 a second come back to other replicas. */
const pace = 2
/** The longest spread, and how long clients may take to answer, where linger is shorter. */
const leastPatience = 1000
/** Telling or terminating thousands at once blocks the event loop; this many take about 3 ms. */
const batch = 100
/** At the cutoff, the time between telling and terminating. */
const lastCall = 100

/**
 * Creates an empty list. Its drain: in the window everybody stays, and newcomers are welcome. When the listeners have
 * closed, clients are told to go, 2 ms apart, or closer where that would take longer than `patience` or 1000 ms,
 * whichever is more. They have as long to answer. One that does not is terminated, unless messages for it still wait for
 * the network: that goes on until the cutoff. Whoever was told to go is not cut, however it went.
 */
export function createClientList(kind: string, clock: Clock): ClientList {
  const clients = new Map<Client, (() => void) | undefined>()
  const gate = createGate()
  const closed: Record<string, number> = {}
  const arrivals = createRateMeter(clock.now())
  let watcher: DrainWatcher | undefined
  let patience: number | undefined

  const terminateLater = (client: Client, time: number) => {
    const cancel = clock.after(time, () => {
      if (client.isBehind()) terminateLater(client, time)
      else client.terminate()
    })
    clients.set(client, cancel)
  }

  const tellToGo = (client: Client, time: number) => {
    terminateLater(client, time)
    client.tellToGo(time)
  }

  const cancelTimers = () => {
    for (const [client, cancel] of clients) {
      cancel?.()
      clients.set(client, undefined)
    }
  }

  const forAll = (end: (client: Client) => void) => inBatches(clock, [...clients.keys()], batch, end)

  return {
    kind,
    // Others accept the connections on which its clients come.
    listening: false,
    inFlight: 0,
    get connections() {
      return clients.size
    },
    finished: 0,
    closed,
    rate: () => arrivals.perSecond(clock.now()),
    joined(client) {
      clients.set(client, undefined)
      arrivals.count(clock.now())
      watcher?.arrived()
      if (patience !== undefined) tellToGo(client, patience)
    },
    left(client) {
      clients.get(client)?.()
      if (!clients.delete(client) || watcher === undefined) return
      closed[client.kind] = (closed[client.kind] ?? 0) + 1
      gate.notify()
      watcher.changed()
    },
    announce(drainWatcher) {
      watcher = drainWatcher
    },
    async stopAccepting(given) {
      const time = Math.max(given, leastPatience)
      patience = time
      const spread = Math.min(clients.size * pace, time)
      for (const [i, client] of [...clients.keys()].entries()) {
        const delay = (spread * (i + Math.random())) / clients.size
        clients.set(
          client,
          clock.after(delay, () => tellToGo(client, time)),
        )
      }
    },
    closeIdle: () => gate.until(() => clients.size === 0),
    unfinished: () => [],
    async cut() {
      cancelTimers()
      await forAll((client) => client.tellToGo(lastCall))
      const until = clock.now() + lastCall
      await waitUntil(
        clock,
        gate,
        () => until,
        () => clients.size === 0,
      )
      await forAll((client) => client.terminate())
      await gate.until(() => clients.size === 0)
    },
    release: cancelTimers,
  }
}
