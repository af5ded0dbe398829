import type { Hook } from './hooks.js'
import type { ProbePaths } from './probes.js'

/** What a lifecycle keeps for adapters, out of its users' sight; the same for every copy of lameduck. */
export const kSeats = Symbol.for('lameduck.seats.v1')

/** The hidden side of a lifecycle. */
export interface Seats {
  /** Adapters whose server does not listen yet. */
  readonly waiting: Set<symbol>
  readonly probes: ProbePaths | undefined
  attach(server: unknown, probes?: ProbePaths): void
  closeWith(hook: Hook): void
}
