import type { DeployedReplica, ReplicaPhase } from './deployment.js'
import type { Exit, ServiceProcess } from './service-process.js'

/** One replica over its whole life, as it is written down for the report. Points in time are `performance.now()`. */
export interface Replica extends DeployedReplica {
  service: ServiceProcess
  startedAt: number
  readyAt: number | undefined
  /** When it was deleted: preStop begins, the balancer is told. */
  deletedAt: number | undefined
  sigtermAt: number | undefined
  exit: Exit | undefined
  /** Milliseconds from SIGTERM to the end. */
  drainMs: number | undefined
  /** It needed SIGKILL. */
  killed: boolean
  /** It ended by itself while it should have served. */
  died: boolean
  /** Liveness probes that failed: while it served, and while it drained and still answered. */
  liveness: { failed: number; failedDraining: number }
}

/** A replica whose process was started just now. */
export function newReplica(id: string, generation: number, service: ServiceProcess): Replica {
  return {
    id,
    generation,
    service,
    phase: 'starting',
    startedAt: performance.now(),
    readyAt: undefined,
    deletedAt: undefined,
    sigtermAt: undefined,
    exit: undefined,
    drainMs: undefined,
    killed: false,
    died: false,
    liveness: { failed: 0, failedDraining: 0 },
  }
}

/** How many of the replicas are in one of these phases. */
export function countPhase(replicas: Iterable<Replica>, ...phases: ReplicaPhase[]): number {
  return [...replicas].filter(({ phase }) => phases.includes(phase)).length
}
