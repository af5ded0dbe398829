import type { Clock } from '../clock.js'
import type { Drainable, DrainWatcher } from '../drainable.js'
import { createGate, waitUntil } from '../gate.js'
import { createRateMeter } from '../rate.js'

/** A client that exchanges messages for as long as it likes, and goes when it is asked to in its protocol. */
export interface Guest {
  /** What the report calls it: `websocket`, … */
  readonly kind: string
  /** Whether messages for it still wait, or some have gone out since this was last asked or since it was dismissed. */
  isBehind(): boolean
  /** Asks it to go, behind the messages that it has not got yet; it has `patience` milliseconds to. */
  dismiss(patience: number): void
  /** Ends the connection without a further word. */
  terminate(): void
}

/** Who is connected, and how they leave while draining. */
export interface Guests extends Drainable {
  /** A guest has come. Once the listeners have closed it is asked to go in the same tick. */
  came(guest: Guest): void
  /** It has gone, whoever wanted it. */
  left(guest: Guest): void
}

/** One guest is asked to go in this many milliseconds, so that 500 a second come back to other replicas. */
const pace = 2
/** How long guests may take to answer, and the longest spread, where nobody lingers. */
const leastPatience = 1000
/** Terminating thousands of sockets at once blocks the event loop; this many take about 3 ms. */
const batch = 100
/** At the cutoff, the time between asking and terminating. */
const lastCall = 100

/**
 * Creates an empty guest book. Its drain: in the window everybody stays, and newcomers are welcome. When the listeners
 * have closed, guests are asked to go, spread evenly over 2 ms each, at most over `patience` or 1000 ms, whichever is
 * more. As long, each has to answer; one that does not is terminated, unless messages for it still wait for the
 * network: that goes on until the cutoff. None of this counts as cut.
 */
export function createGuests(kind: string, clock: Clock): Guests {
  const guests = new Map<Guest, (() => void) | undefined>()
  const gate = createGate()
  const closed: Record<string, number> = {}
  const arrivals = createRateMeter(clock.now())
  let watcher: DrainWatcher | undefined
  let patience: number | undefined

  const terminateLater = (guest: Guest, time: number) => {
    const cancel = clock.after(time, () => {
      if (guest.isBehind()) terminateLater(guest, time)
      else guest.terminate()
    })
    guests.set(guest, cancel)
  }

  const dismiss = (guest: Guest, time: number) => {
    terminateLater(guest, time)
    guest.dismiss(time)
  }

  const cancelTimers = () => {
    for (const [guest, cancel] of guests) {
      cancel?.()
      guests.set(guest, undefined)
    }
  }

  const terminateAll = async () => {
    const left = [...guests.keys()]
    for (let from = 0; from < left.length; from += batch) {
      await new Promise<void>((resolve) => clock.nextTurn(resolve))
      for (const guest of left.slice(from, from + batch)) guest.terminate()
    }
  }

  return {
    kind,
    // Others accept the connections on which its guests come.
    listening: false,
    inFlight: 0,
    get connections() {
      return guests.size
    },
    finished: 0,
    closed,
    rate: () => arrivals.perSecond(clock.now()),
    came(guest) {
      guests.set(guest, undefined)
      arrivals.count(clock.now())
      watcher?.arrived()
      if (patience !== undefined) dismiss(guest, patience)
    },
    left(guest) {
      guests.get(guest)?.()
      if (!guests.delete(guest) || watcher === undefined) return
      closed[guest.kind] = (closed[guest.kind] ?? 0) + 1
      gate.notify()
      watcher.changed()
    },
    announce(drainWatcher) {
      watcher = drainWatcher
    },
    async stopAccepting(given) {
      const time = Math.max(given, leastPatience)
      patience = time
      const spread = Math.min(guests.size * pace, time)
      for (const [i, guest] of [...guests.keys()].entries()) {
        const delay = (spread * (i + Math.random())) / guests.size
        guests.set(
          guest,
          clock.after(delay, () => dismiss(guest, time)),
        )
      }
    },
    closeIdle: () => gate.until(() => guests.size === 0),
    unfinished: () => [],
    async cut() {
      cancelTimers()
      for (const guest of guests.keys()) guest.dismiss(lastCall)
      const until = clock.now() + lastCall
      await waitUntil(
        clock,
        gate,
        () => until,
        () => guests.size === 0,
      )
      await terminateAll()
      await gate.until(() => guests.size === 0)
    },
    release: cancelTimers,
  }
}
