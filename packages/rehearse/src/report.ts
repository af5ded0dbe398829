import type { Balancer, BalancerReport } from './balancers/balancer.js'
import type { ResolvedOptions } from './options.js'
import type { Replica } from './replica.js'
import { type Counts, type Failure, type Latency, nobody, noCounts, type Tally } from './tally.js'

/** One replica's part in a rehearsal. Times are milliseconds. */
export interface ReplicaReport extends Counts {
  id: string
  /** The roll-out that started it; `0` is the first deployment. */
  rollout: number
  address: string
  /** From the start of the process to the first successful readiness probe; `null`: never. */
  readyAfterMs: number | null
  /** From SIGTERM to the end of the process; `null`: it was not rolled out. */
  drainMs: number | null
  /** It was still there at the end of the grace period. */
  sigkill: boolean
  /** It ended by itself. */
  died: boolean
  exitCode: number | null
  exitSignal: string | null
  /** Failed liveness probes: while serving, and, other than refused, while draining. */
  livenessFailures: { serving: number; draining: number }
}

/** What a rehearsal has shown. Can be written as JSON as it is. Times are milliseconds. */
export interface RehearsalReport {
  /** Of this format. */
  version: 1
  /** ISO 8601. */
  startedAt: string
  durationMs: number
  options: ResolvedOptions
  /** Nothing lost, nothing refused (or retried with success), no SIGKILL, all replicas ready. */
  passed: boolean
  /** Why not, in sentences; empty when it passed. */
  reasons: string[]
  totals: Counts
  latency: Latency | null
  late: { requests: number; maxMs: number }
  /** Replicas that needed SIGKILL. */
  sigkills: number
  replicas: ReplicaReport[]
  /** Requests for which the balancer knew of no endpoint; `null`: none. */
  withoutEndpoint: Counts | null
  /** What stood in front of the replicas, and what it answered, or hung up on, without one of them; `null`: no program did. */
  balancer: (BalancerReport & Counts) | null
  /** The first hundred requests that were lost or refused. */
  failures: Failure[]
}

/** What a report is made of. */
export interface ReportSources {
  options: ResolvedOptions
  startedAt: Date
  durationMs: number
  replicas: readonly Replica[]
  tally: Tally
  balancer: Balancer
  /** What made it impossible to go on. */
  failures: readonly string[]
}

/** Puts together what a rehearsal has shown, with the verdict. */
export function createReport({
  options,
  startedAt,
  durationMs,
  replicas,
  tally,
  balancer,
  failures,
}: ReportSources): RehearsalReport {
  const sigkills = replicas.filter(({ killed }) => killed).length
  const reasons = [...failures, ...reasonsAgainst(tally.total, sigkills, options.retryRefused)]
  if (tally.total.requests === 0 && reasons.length === 0) reasons.push('no request was sent')
  return {
    version: 1,
    startedAt: startedAt.toISOString(),
    durationMs: Math.round(durationMs),
    options,
    passed: reasons.length === 0,
    reasons,
    totals: tally.total,
    latency: tally.latency() ?? null,
    late: tally.late,
    sigkills,
    replicas: replicas.map((replica) => reportReplica(replica, tally.byReplica.get(replica.id))),
    withoutEndpoint: tally.byReplica.get(nobody) ?? null,
    balancer: balancer.report && {
      ...balancer.report,
      ...(tally.byReplica.get(balancer.report.kind) ?? noCounts()),
    },
    failures: tally.failures.map(({ failure, attempt }) => {
      const balancerLog = balancer.logOf?.(attempt)
      return balancerLog === undefined ? failure : { ...failure, balancerLog }
    }),
  }
}

/** What the counts say against the service. */
export function reasonsAgainst({ lost, refused }: Counts, sigkills: number, retryRefused: boolean): string[] {
  const reasons: string[] = []
  if (lost > 0) reasons.push(`${lost} ${lost === 1 ? 'request was' : 'requests were'} lost`)
  if (refused > 0 && !retryRefused)
    reasons.push(`${refused} ${refused === 1 ? 'request was' : 'requests were'} refused`)
  if (sigkills > 0)
    reasons.push(`${sigkills} ${sigkills === 1 ? 'replica' : 'replicas'} had to be ended by SIGKILL`)
  return reasons
}

function reportReplica(replica: Replica, counts = noCounts()): ReplicaReport {
  const { host, port } = replica.service.address
  return {
    id: replica.id,
    rollout: replica.generation,
    address: `${host}:${port}`,
    readyAfterMs: replica.readyAt === undefined ? null : Math.round(replica.readyAt - replica.startedAt),
    drainMs: replica.drainMs === undefined ? null : Math.round(replica.drainMs),
    sigkill: replica.killed,
    died: replica.died,
    exitCode: replica.exit?.code ?? null,
    exitSignal: replica.exit?.signal ?? null,
    livenessFailures: { serving: replica.liveness.failed, draining: replica.liveness.failedDraining },
    ...counts,
  }
}
