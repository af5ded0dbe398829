import type { Outcome } from './outcome.js'
import type { Ask } from './traffic/ask.js'

/** How one attempt went, and with whom. */
export interface Attempt {
  outcome: Outcome
  /** The replica at the other end, or behind the balancer; `undefined` when the balancer knew of none. */
  replica: string | undefined
  /** `true`: the connection had carried a request before. */
  reused: boolean
  /** What the balancer's log knows the request by, if it has one. */
  trace?: string | undefined
}

/** One attempt, and when. Points in time are `performance.now()`. */
export interface FinishedAttempt extends Attempt {
  ask: Ask
  /** When it should have been sent; latency counts from here, so that waiting for a free connection is part of it. */
  dueAt: number
  sentAt: number
  endedAt: number
  /** It was refused and will be sent again: the request is not over. */
  again: boolean
}
