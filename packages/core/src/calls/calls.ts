import type { Clock } from '../clock.js'
import { createCoarseClock } from '../coarse-clock.js'
import type { Cut } from '../drain/cut.js'
import { createRateMeter } from '../drain/rate.js'
import { Chain } from '../http/chain.js'

/** A call that a server is working on: an adapter's own object, so that none is made for the count. */
export interface Call {
  /** Path of its method: `/package.Service/Method`. */
  readonly path: string
  /** When it began, in Unix milliseconds. Set by {@link Calls.begin}. */
  startedAt: number
  /** The server has answered it, well or not. */
  readonly isAnswered: boolean
  /** The client, as `address:port`, or nothing where it has no address: on a Unix socket. Asked only while draining. */
  peer(): string | undefined
  /** Ends it by the protocol's word for "this server is going"; what its handler says from now on is swallowed. */
  end(): void
}

/** Which calls a server is working on. */
export interface Calls extends Iterable<Call> {
  readonly size: number
  /** Calls that were answered since {@link watch}. */
  readonly finished: number
  /** Calls that begin now are to be answered with the protocol's word for "this server is going". */
  isRejecting: boolean
  /** Calls per second over the last minute. */
  rate(): number
  begin(call: Call): void
  /** The call is not worked on any more, but goes on; calls `over` when it is over. False for one that has not begun. */
  leaveOut(call: Call, over: () => void): boolean
  /** The call is over, in whatever way. Calls that did not begin are ignored. */
  finish(call: Call): void
  /** Tells, from now on, of every call that begins, and of every one that is over. */
  watch(watcher: CallWatcher): void
  /** A call, as the report lists it. */
  describe(kind: string, call: Call): Cut
  /** The calls that are not over, as the report lists them. */
  unfinished(kind: string): Cut[]
  /** Ends every call that is not over. */
  endAll(): void
}

/** What wants to know of calls while draining. */
export interface CallWatcher {
  began(call: Call): void
  ended(call: Call): void
}

const addressOf = (peer: string | undefined) =>
  peer === undefined ? {} : { remoteAddress: peer.replace(/:\d+$/, '') }

/** Creates an empty one. A call costs a link in a chain, and no object, timer, closure or reading of the clock. */
export function createCalls(clock: Clock): Calls {
  const open = new Chain<Call>()
  const meter = createRateMeter(clock.now())
  const now = createCoarseClock(clock)
  const leftOut = new Map<Call, () => void>()
  let watcher: CallWatcher | undefined
  let finished = 0

  const describe = (kind: string, call: Call): Cut => ({
    kind,
    path: call.path,
    age: Math.round(clock.now() - call.startedAt),
    ...addressOf(call.peer()),
  })

  return {
    get size() {
      return open.size
    },
    get finished() {
      return finished
    },
    isRejecting: false,
    rate: () => meter.perSecond(clock.now()),
    begin(call) {
      const startedAt = now()
      call.startedAt = startedAt
      open.add(call)
      meter.count(startedAt)
      watcher?.began(call)
    },
    leaveOut(call, over) {
      if (!open.delete(call)) return false
      leftOut.set(call, over)
      watcher?.ended(call)
      return true
    },
    finish(call) {
      if (!open.delete(call)) {
        leftOut.get(call)?.()
        leftOut.delete(call)
        return
      }
      if (watcher === undefined) return
      if (call.isAnswered) finished++
      watcher.ended(call)
    },
    watch(callWatcher) {
      watcher = callWatcher
    },
    describe,
    unfinished: (kind) => [...open].map((call) => describe(kind, call)),
    endAll() {
      for (const call of open) call.end()
    },
    [Symbol.iterator]: () => open[Symbol.iterator](),
  }
}
