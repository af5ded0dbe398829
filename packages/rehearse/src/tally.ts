import type { FinishedAttempt } from './attempt.js'
import { lossKey } from './outcome.js'
import { percentile } from './percentile.js'

/** Counts of one replica, or of all. */
export interface Counts {
  /** Requests that ended: answered, lost, or refused for good. */
  requests: number
  lost: number
  /** Losses by cause; `status 503` and the like for answers that are not 2xx. */
  lostByCause: Record<string, number>
  /** Refused connections, those that were tried again included. */
  refused: number
}

/** A request that was lost or refused, with what is known of it. */
export interface Failure {
  /** Milliseconds since the rehearsal began. */
  atMs: number
  cause: string
  detail: string
  /** `gRPC` for a call. */
  method: string
  /** `/package.Service/Method` for a call. */
  path: string
  replica: string | undefined
  /** `reused`: the connection had carried a request before. */
  connection: 'new' | 'reused'
  /** Milliseconds since the replica got SIGTERM; absent before. */
  afterSigtermMs?: number
  /** What the balancer logged about it, if it has a log and a line about it. */
  balancerLog?: string
}

/** How long answered requests took, from when they were due. In milliseconds; absent when there were none. */
export interface Latency {
  p50: number
  p99: number
  max: number
}

/** What the load has come to. */
export interface Tally {
  record(attempt: FinishedAttempt, sigtermAt: number | undefined): void
  total: Counts
  byReplica: ReadonlyMap<string, Counts>
  /** The first hundred, with their attempts. */
  failures: readonly { failure: Failure; attempt: FinishedAttempt }[]
  /** Requests that waited for a free connection, and the longest wait in milliseconds. */
  late: { requests: number; maxMs: number }
  latency(): Latency | undefined
}

/** The name under which requests are counted that reached no replica because the balancer knew of none. */
export const nobody = '(no endpoint)'

const keptFailures = 100
const lateFrom = 50

/** @param startedAt `performance.now()` when the rehearsal began */
export function createTally(startedAt: number): Tally {
  const total = noCounts()
  const byReplica = new Map<string, Counts>()
  const failures: { failure: Failure; attempt: FinishedAttempt }[] = []
  const late = { requests: 0, maxMs: 0 }
  const latencies: number[] = []

  function countsOf(replica: string): Counts {
    const counts = byReplica.get(replica) ?? noCounts()
    byReplica.set(replica, counts)
    return counts
  }

  function keepFailure(
    attempt: FinishedAttempt,
    cause: string,
    detail: string,
    sigtermAt: number | undefined,
  ) {
    if (failures.length >= keptFailures) return
    const { ask, endedAt, replica, reused } = attempt
    const failure: Failure = {
      atMs: endedAt - startedAt,
      cause,
      detail,
      method: ask.method,
      path: ask.path,
      replica,
      connection: reused ? 'reused' : 'new',
      ...(sigtermAt === undefined ? {} : { afterSigtermMs: endedAt - sigtermAt }),
    }
    failures.push({ failure, attempt })
  }

  return {
    total,
    byReplica,
    failures,
    late,
    record(attempt, sigtermAt) {
      const { outcome, dueAt, sentAt, endedAt, again } = attempt
      for (const counts of [total, countsOf(attempt.replica ?? nobody)]) count(counts, attempt)
      if (outcome.kind === 'ok') latencies.push(endedAt - dueAt)
      else if (outcome.kind === 'refused') keepFailure(attempt, 'refused', outcome.detail, sigtermAt)
      else keepFailure(attempt, lossKey(outcome.cause, outcome.detail), outcome.detail, sigtermAt)
      const wait = sentAt - dueAt
      if (again || wait < lateFrom) return
      late.requests++
      late.maxMs = Math.max(late.maxMs, wait)
    },
    latency() {
      const p50 = percentile(latencies, 0.5)
      const p99 = percentile(latencies, 0.99)
      const max = percentile(latencies, 1)
      return p50 === undefined || p99 === undefined || max === undefined ? undefined : { p50, p99, max }
    },
  }
}

/** Counts of nothing yet. */
export function noCounts(): Counts {
  return { requests: 0, lost: 0, lostByCause: {}, refused: 0 }
}

function count(counts: Counts, { outcome, again }: FinishedAttempt): void {
  if (!again) counts.requests++
  if (outcome.kind === 'refused') counts.refused++
  if (outcome.kind !== 'lost') return
  if (outcome.cause === 'refused') counts.refused++
  counts.lost++
  const key = lossKey(outcome.cause, outcome.detail)
  counts.lostByCause[key] = (counts.lostByCause[key] ?? 0) + 1
}
