import type { Cut } from '../drain/cut.js'
import type { LeftOut } from '../drain/drainable.js'

/** The connections of a server that speak one protocol, or none yet, as its drain sees them. */
export interface Side {
  /** Requests, streams or foreign protocols that are not finished. */
  readonly inFlight: number
  /** As {@link Drainable.hasOnlyLongWork}; without it, true if nothing is in flight. */
  hasOnlyLongWork?(): boolean
  /** Open connections. */
  readonly connections: number
  /** As {@link Drainable.kept}; without it, 0. */
  readonly kept?: number
  /** As {@link Drainable.hasIdle}; without it, false: its clients are told to leave, or have not spoken yet. */
  hasIdle?(): boolean
  /** Requests finished since {@link announce}, probes aside. */
  readonly finished: number
  /** Connections closed since then, by what they were doing. */
  readonly closed: Readonly<Record<string, number>>
  /** The drain begins. Runs in the tick of the trigger. */
  announce(): void
  /**
   * Asks those to go that can be asked without harm, in a moderate time. Connections that have not said anything yet
   * get `patience` milliseconds to get on.
   */
  askToGo(patience: number): void
  /** Closes the connections without work, each after the patience that it was given; resolves when they are gone. */
  closeIdle(): Promise<void>
  /** As {@link Drainable.except}. */
  except?(request: object): LeftOut | undefined
  /** The work that is not finished. */
  unfinished(): Cut[]
  /** Ends everything by force; resolves when every connection is gone. */
  cut(): Promise<void>
  /** Cancels what {@link askToGo} still had to do. */
  stop(): void
}
