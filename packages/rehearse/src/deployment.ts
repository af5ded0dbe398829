/**
 * Where a replica is in its life, as the Deployment controller sees it.
 *
 * - `starting`: its process runs, its readiness probe has not succeeded. Next: `ready`, or `gone` if the process ends.
 * - `ready`: counts as available. Next: `unready`, `terminating`, or `gone`.
 * - `unready`: its readiness probe fails. Next: `ready`, `terminating`, or `gone`.
 * - `terminating`: deleted; it no longer counts, however long it takes to go. Next: `gone`.
 * - `gone`: its process has ended. Terminal.
 */
export type ReplicaPhase = 'starting' | 'ready' | 'unready' | 'terminating' | 'gone'

/** A replica as the Deployment controller sees it. */
export interface DeployedReplica {
  id: string
  /** The roll-out that started it; `0` is the first deployment. */
  generation: number
  phase: ReplicaPhase
}

/** What the Deployment controller does next. */
export interface DeploymentStep {
  /** How many replicas of the wanted generation to start now. */
  start: number
  /** The replicas of earlier generations to stop now. */
  stop: string[]
}

/**
 * The Deployment controller with `maxSurge: 1` and `maxUnavailable: 0`: never more than `desired + 1` replicas that are not
 * terminating, never fewer than `desired` ready ones by its own doing. It does not wait for a stopped replica's process to end.
 */
export function nextStep(
  replicas: readonly DeployedReplica[],
  desired: number,
  generation: number,
): DeploymentStep {
  const alive = replicas.filter(({ phase }) => phase !== 'terminating' && phase !== 'gone')
  const wanted = alive.filter((replica) => replica.generation === generation)
  const old = alive.filter((replica) => replica.generation !== generation)
  const available = alive.filter(({ phase }) => phase === 'ready').length

  const start = Math.max(0, Math.min(desired - wanted.length, desired + 1 - alive.length))
  const unavailableOld = old.filter(({ phase }) => phase !== 'ready')
  const spareOld = old.filter(({ phase }) => phase === 'ready').slice(0, Math.max(0, available - desired))
  return { start, stop: [...unavailableOld, ...spareOld].map(({ id }) => id) }
}

/** Whether the roll-out is over: all wanted replicas are ready, and no process of an earlier generation runs any more. */
export function rolledOut(
  replicas: readonly DeployedReplica[],
  desired: number,
  generation: number,
): boolean {
  const running = replicas.filter(({ phase }) => phase !== 'gone')
  return (
    running.length === desired && running.every((r) => r.generation === generation && r.phase === 'ready')
  )
}
