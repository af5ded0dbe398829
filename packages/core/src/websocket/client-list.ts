import type { Clock } from '../clock.js'
import type { Drainable, DrainWatcher } from '../drain/drainable.js'
import { createGate, waitUntil } from '../drain/gate.js'
import { createRateMeter } from '../drain/rate.js'
import { inBatches } from '../http/batches.js'

/** A client that exchanges messages for as long as it likes, and goes when its protocol asks it to. */
export interface Client {
  /** What the report calls it: `websocket`, … */
  readonly kind: string
  /** Whether it hears of anything only on further connections: then it is told to go while those are still accepted. */
  needsConnections?(): boolean
  /** Whether messages for it still wait, or some have gone out since this was last asked or since it was told to go. */
  isBehind(): boolean
  /** Tells it to go, behind the messages that it has not got yet. It has `patience` milliseconds to. */
  tellToGo(patience: number): void
  /** Ends the connection without a further word. */
  terminate(): void
}

/** Who is connected, and how they leave while draining. */
export interface ClientList extends Drainable {
  /**
   * Somebody has connected. Once the listeners have closed, it is told to go in the same tick.
   *
   * @param isNew false for one who was on the list already, as somebody else
   */
  joined(client: Client, isNew?: boolean): void
  /** It has gone, whoever wanted it. */
  left(client: Client): void
  /** It turns out to be one with another who is on the list, or about to be. */
  merged(client: Client): void
}

/** Clients are told to go at this distance in milliseconds, so that at most 500 a second come back to other replicas. */
const pace = 2
/** The longest spread, and how long clients may take to answer, where linger is shorter. */
const leastPatience = 1000
/** At the cutoff, the time between telling and terminating. */
const lastCall = 100

/**
 * Creates an empty list. Its drain: in the window everybody stays, and newcomers are welcome. When the listeners have
 * closed, clients are told to go, 2 ms apart, or closer where that would take longer than `patience` or 1000 ms,
 * whichever is more; those that need further connections before that, and the listeners wait for them, but not longer than
 * 1000 ms for the last. They have as long to answer. One that does not is terminated, unless messages for it still wait for
 * the network: that goes on until the cutoff. Whoever was told to go is not cut, however it went.
 */
export function createClientList(kind: string, clock: Clock): ClientList {
  const clients = new Map<Client, (() => void) | undefined>()
  const told = new WeakSet<Client>()
  const gate = createGate()
  const closed: Record<string, number> = {}
  const arrivals = createRateMeter(clock.now())
  let watcher: DrainWatcher | undefined
  let patience: number | undefined
  let isClosing = false
  let isCut = false

  const terminateLater = (client: Client, time: number) => {
    const cancel = clock.after(time, () => {
      if (client.isBehind()) terminateLater(client, time)
      else client.terminate()
    })
    clients.set(client, cancel)
  }

  const tellToGo = (client: Client, time: number) => {
    told.add(client)
    terminateLater(client, time)
    client.tellToGo(time)
  }

  const needsConnections = (client: Client) => client.needsConnections?.() === true

  /** Tells some to go, spread over at most `time`; gives over how long. */
  const tellAll = (those: readonly Client[], time: number) => {
    const spread = Math.min(those.length * pace, time)
    for (const [i, client] of those.entries()) {
      const delay = (spread * (i + Math.random())) / those.length
      told.add(client)
      clients.set(
        client,
        clock.after(delay, () => tellToGo(client, time)),
      )
    }
    return spread
  }

  const cancelTimers = () => {
    for (const [client, cancel] of clients) {
      cancel?.()
      clients.set(client, undefined)
    }
  }

  const forAll = (end: (client: Client) => void) => inBatches(clock, [...clients.keys()], end)

  return {
    kind,
    // Others accept the connections on which its clients come.
    listening: false,
    inFlight: 0,
    get connections() {
      return clients.size
    },
    hasIdle: () => false,
    finished: 0,
    closed,
    rate: () => arrivals.perSecond(clock.now()),
    joined(client, isNew = true) {
      clients.set(client, undefined)
      if (isNew) {
        arrivals.count(clock.now())
        watcher?.arrived()
      }
      if (patience !== undefined) tellToGo(client, patience)
      else if (isClosing && needsConnections(client)) tellToGo(client, leastPatience)
    },
    left(client) {
      clients.get(client)?.()
      if (!clients.delete(client) || watcher === undefined) return
      closed[client.kind] = (closed[client.kind] ?? 0) + 1
      gate.notify()
      watcher.changed()
    },
    merged(client) {
      clients.get(client)?.()
      if (clients.delete(client)) gate.notify()
    },
    announce(drainWatcher) {
      watcher = drainWatcher
    },
    async beforeClosing(given) {
      isClosing = true
      const those = [...clients.keys()].filter(needsConnections)
      const until = clock.now() + leastPatience + tellAll(those, Math.max(given, leastPatience))
      const nobodyComes = () => isCut || ![...clients.keys()].some(needsConnections)
      await waitUntil(clock, gate, () => until, nobodyComes)
    },
    async stopAccepting(given) {
      patience = Math.max(given, leastPatience)
      const others = [...clients.keys()].filter((client) => !told.has(client))
      tellAll(others, patience)
    },
    closeIdle: () => gate.until(() => clients.size === 0),
    unfinished: () => [],
    async cut() {
      isCut = true
      gate.notify()
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
