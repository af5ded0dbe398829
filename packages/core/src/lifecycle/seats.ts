import type { Clock } from '../clock.js'
import type { Closer } from '../drain/stop-hooks.js'
import type { ProbeResponder } from '../probes/probe-responder.js'
import type { ProbeSettings } from '../probes/probes.js'
import type { Lifecycle } from './lifecycle.js'

/** What a lifecycle keeps for adapters, out of its users' sight; the same for every copy of lameduck. */
export const kSeats = Symbol.for('lameduck.seats.v1')

/** The hidden side of a lifecycle. */
export interface Seats {
  /** Adapters whose server does not listen yet. */
  readonly waiting: Set<symbol>
  readonly clock: Clock
  readonly probes: ProbeSettings | undefined
  /** Readiness is told elsewhere than on the main port: probes have a port of their own, or PM2 waits for a message. */
  readonly isAwaited: boolean
  /** As `lifecycle.on`, for adapters: their listeners are no reason to keep the lifecycle. */
  readonly on: Lifecycle['on']
  /** An adapter has joined; returns how it says with whom the lifecycle lives. */
  sit(): (owner: object) => void
  /** A signal has to find the lifecycle, whoever holds it. */
  bind(): void
  /** The signals that start the drain. */
  readonly signals: readonly NodeJS.Signals[]
  /** The responder for the main port. */
  respond(probes: ProbeSettings | undefined): ProbeResponder
  attach(server: unknown, probes: ProbeSettings | undefined): void
  /** Takes a server out of the drain, which somebody else will close. */
  detach(server: object): void
  /** Whether the lifecycle has this server, and it answers these probes. */
  answers(server: object, probes: ProbeSettings | undefined): boolean
  /** Whether it was given to `lifecycle.attach()`, and is no adapter's own. */
  isByHand(server: object): boolean
  warn(message: string): void
  closeWith(closer: Closer): void
  /** As {@link closeWith}, for what ends long work; a lifecycle of an earlier copy of core has none. */
  endLongWork?(ender: Closer): void
}
