import { setTimeout as sleep } from 'node:timers/promises'
import { checkBalancer, startBalancer } from './balancers/start-balancer.js'
import { type Cluster, createCluster } from './cluster.js'
import type { Observer, Progress } from './events.js'
import { startLoad } from './load.js'
import { type RehearseOptions, resolveOptions } from './options.js'
import { createProcessGroups, type ProcessGroups } from './process-groups.js'
import { countPhase } from './replica.js'
import { createReport, type RehearsalReport } from './report.js'
import { createTally, type Tally } from './tally.js'
import { loadTraffic } from './traffic/load-traffic.js'

/** How a rehearsal is watched and interrupted. */
export interface RehearsalHooks {
  /** Is told what happens. */
  observe?: Observer | undefined
  /** Ends the rehearsal at once: everything it started is killed, and the call rejects with the signal's reason. */
  signal?: AbortSignal | undefined
}

const leadIn = 1000
const tail = 1000
const progressEvery = 200
const patience = 2000

/**
 * Rehearses rolling updates of a service under load, on this machine: starts the replicas, keeps up the load, replaces the replicas
 * one by one as often as `rollouts` says, ends what is left, and reports what happened to every request.
 *
 * @returns the report, also when requests were lost or a replica never got ready; see `passed`
 * @throws {UsageError} an option cannot be used, or the command cannot be started
 *
 * @example
 * const report = await rehearse({ command: ['node', 'dist/main.js'], rollouts: 2 })
 * if (!report.passed) console.error(report.reasons)
 */
export async function rehearse(input: RehearseOptions, hooks: RehearsalHooks = {}): Promise<RehearsalReport> {
  const options = resolveOptions(input)
  checkBalancer(options)
  const traffic = await loadTraffic(options)
  const { observe = () => {}, signal } = hooks
  signal?.throwIfAborted()
  const startedAt = new Date()
  const began = performance.now()
  const tally = createTally(began)
  const groups = createProcessGroups()
  const balancer = await begin(() => startBalancer(options, groups, observe), groups, signal)
  const { endpoints } = balancer
  const cluster = createCluster({ options, groups, endpoints, observe })
  void balancer.died.then(cluster.fail)
  const interrupt = () => {
    balancer.ending()
    void cluster.close(0)
  }
  signal?.addEventListener('abort', interrupt, { once: true })

  let rollout = 0
  const timer = setInterval(() => {
    const elapsedMs = performance.now() - began
    const progress = { elapsedMs, rollout, rollouts: options.rollouts, ...standing(cluster, tally) }
    observe({ type: 'progress', progress })
  }, progressEvery)

  try {
    if (await cluster.rollOut(0)) {
      await endpoints.settled()
      const load = startLoad({
        ...options,
        traffic,
        pick: balancer.pick,
        wayOf: balancer.wayOf,
        record: (attempt) => tally.record(attempt, sigtermAt(cluster, attempt.replica)),
      })
      observe({ type: 'loadStarted', rps: options.rps, connections: options.connections })
      try {
        await sleep(leadIn, undefined, signal && { signal })
        while (rollout < options.rollouts) {
          rollout++
          if (!(await rollOutOnce(cluster, rollout, options.rollouts, observe))) break
        }
        await endpoints.settled()
        await sleep(tail, undefined, signal && { signal })
        await Promise.race([load.stop(), aborted(signal)])
      } finally {
        await load.abort()
      }
    }
    signal?.throwIfAborted()
  } finally {
    clearInterval(timer)
    signal?.removeEventListener('abort', interrupt)
    balancer.ending()
    await cluster.close(signal?.aborted ? 0 : patience)
    await balancer.end()
  }
  const { replicas, failures } = cluster
  return createReport({
    options,
    startedAt,
    durationMs: performance.now() - began,
    replicas,
    tally,
    balancer,
    failures,
  })
}

/** Starts something that is not under anybody's care yet: if it fails, or is interrupted, nothing is left of it. */
async function begin<T>(
  start: () => Promise<T>,
  groups: ProcessGroups,
  signal: AbortSignal | undefined,
): Promise<T> {
  signal?.addEventListener('abort', groups.close, { once: true })
  try {
    return await start()
  } catch (error) {
    groups.close()
    throw error
  } finally {
    signal?.removeEventListener('abort', groups.close)
  }
}

async function rollOutOnce(
  cluster: Cluster,
  rollout: number,
  of: number,
  observe: Observer,
): Promise<boolean> {
  const began = performance.now()
  observe({ type: 'rolloutStarted', rollout, of })
  if (!(await cluster.rollOut(rollout))) return false
  observe({ type: 'rolloutFinished', rollout, of, durationMs: performance.now() - began })
  return true
}

function sigtermAt({ replicas }: Cluster, id: string | undefined): number | undefined {
  return replicas.find((replica) => replica.id === id)?.sigtermAt
}

function standing(
  { replicas }: Cluster,
  { total }: Tally,
): Omit<Progress, 'elapsedMs' | 'rollout' | 'rollouts'> {
  return {
    starting: countPhase(replicas, 'starting'),
    ready: countPhase(replicas, 'ready'),
    draining: countPhase(replicas, 'terminating'),
    requests: total.requests,
    lost: total.lost,
    refused: total.refused,
  }
}

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    if (signal?.aborted) reject(signal.reason)
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
