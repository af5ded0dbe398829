import type { FinishedAttempt } from '../attempt.js'
import type { Endpoint } from '../endpoints.js'

/** Who spreads the load. */
export const balancerKinds = ['service', 'nginx', 'haproxy'] as const

/** `service`: every client picks a replica when it connects. The others are programs that stand in front of the replicas. */
export type BalancerKind = (typeof balancerKinds)[number]

/** What the headers of an answer say of its way through a balancer. */
export interface Way {
  /** The replica that was asked last; `undefined`: none was. */
  replica: string | undefined
  /** The balancer answered by itself. */
  byItself: boolean
  /** What the balancer's log knows the request by. */
  trace: string
}

/** A balancer's own part in a rehearsal. */
export interface BalancerReport {
  kind: Exclude<BalancerKind, 'service'>
  version: string
  /** How it heard of replicas that came and went, in a sentence. */
  told: string
}

type Headers = Readonly<Record<string, string | string[] | undefined>>

/** What stands between clients and replicas. */
export interface Balancer {
  /** Where a new connection of a client goes; `undefined`: it is refused. */
  pick(): Endpoint | undefined
  /** Reads from an answer's headers who gave it; absent where clients see that for themselves. */
  wayOf?: ((headers: Headers) => Way) | undefined
  /** What the balancer logged about an attempt. */
  logOf?(attempt: Pick<FinishedAttempt, 'trace' | 'sentAt' | 'endedAt'>): string | undefined
  /** `null`: no program stands in front of the replicas. */
  report: BalancerReport | null
}
