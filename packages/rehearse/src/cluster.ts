import { nextStep, rolledOut } from './deployment.js'
import type { EndpointList } from './endpoints.js'
import type { Observer } from './events.js'
import type { ResolvedOptions } from './options.js'
import { pause } from './pause.js'
import type { ProcessGroups } from './process-groups.js'
import type { Replica } from './replica.js'
import { createReplicaLife } from './replica-life.js'

/** Rolls the service out, replica by replica. */
export interface Cluster {
  /** Every replica that was ever started, in that order. */
  replicas: readonly Replica[]
  /** What made it impossible to go on, such as a replica that never got ready. */
  failures: readonly string[]
  /**
   * Replaces all replicas by new ones, and waits until the old processes have ended.
   *
   * @returns `false` when it could not be finished (see `failures`) or the cluster was closed meanwhile
   * @throws {UsageError} when the command cannot be started
   */
  rollOut(generation: number): Promise<boolean>
  /** Makes it impossible to go on. */
  fail(reason: string): void
  /**
   * Ends what still runs: SIGINT, as Ctrl-C in a terminal, and SIGKILL to what is left. Repeated calls are harmless.
   *
   * @param patience milliseconds between the two; `0`: SIGKILL at once
   */
  close(patience: number): Promise<void>
}

/** What a cluster is made of. */
export interface ClusterParts {
  options: ResolvedOptions
  /** Where its processes are kept; closed with it. */
  groups: ProcessGroups
  /** The list of its replicas that the balancer has; closed with it. */
  endpoints: EndpointList
  observe: Observer
}

/** The replicas of one service on this machine. */
export function createCluster({ options, groups, endpoints, observe }: ClusterParts): Cluster {
  const replicas: Replica[] = []
  const failures: string[] = []
  let closed = false
  let changed = () => {}

  function fail(reason: string) {
    failures.push(reason)
    changed()
  }

  const life = createReplicaLife({
    options,
    groups,
    endpoints,
    observe,
    changed: () => changed(),
    failed: fail,
  })

  async function takeStep(generation: number) {
    const step = nextStep(replicas, options.replicas, generation)
    for (const replica of replicas) if (step.stop.includes(replica.id)) life.stop(replica)
    const starting = Array.from({ length: step.start }, async (_, i) => {
      replicas.push(await life.start(`r${replicas.length + i + 1}`, generation))
    })
    await Promise.all(starting)
  }

  return {
    replicas,
    failures,
    fail,
    async rollOut(generation) {
      for (;;) {
        const change = new Promise<void>((resolve) => {
          changed = resolve
        })
        if (closed || failures.length > 0) return false
        if (rolledOut(replicas, options.replicas, generation)) return true
        await takeStep(generation)
        await change
      }
    },
    async close(patience) {
      closed = true
      changed()
      endpoints.close()
      life.release()
      const running = replicas.filter((replica) => !replica.exit)
      for (const { service } of running) service.signal('SIGINT')
      await pause(patience, Promise.all(running.map(({ service }) => service.exited)))
      groups.close()
    },
  }
}
