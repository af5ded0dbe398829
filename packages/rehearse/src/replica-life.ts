import type { EndpointList } from './endpoints.js'
import type { Observer } from './events.js'
import { freePort } from './free-port.js'
import type { ResolvedOptions } from './options.js'
import { pause } from './pause.js'
import { probeText } from './probe.js'
import type { ProbeResult } from './probe-result.js'
import { startProbing } from './probing.js'
import type { ProcessGroups } from './process-groups.js'
import { newReplica, type Replica } from './replica.js'
import { replicaEnv } from './replica-env.js'
import { type Exit, startService } from './service-process.js'
import { terminate } from './terminate.js'

/** What the lives of replicas need and affect. */
export interface ReplicaSurroundings {
  options: ResolvedOptions
  groups: ProcessGroups
  endpoints: EndpointList
  observe: Observer
  /** The phase of some replica is another now. */
  changed(): void
  /** The rehearsal cannot go on. */
  failed(reason: string): void
}

/** Starts and stops replicas, and keeps their phase. */
export interface ReplicaLife {
  /** Starts a process and the probing of it. */
  start(id: string, generation: number): Promise<Replica>
  /** Deletes a replica: tells the balancer, and at the same time begins with preStop and SIGTERM. */
  stop(replica: Replica): void
  /** From now on nothing that happens to a replica is observed. */
  release(): void
}

// One address for all but for the port: a second loopback address does not exist everywhere (macOS).
const host = '127.0.0.1'

/** The only place that changes a replica's phase. */
export function createReplicaLife(surroundings: ReplicaSurroundings): ReplicaLife {
  const { options, groups, endpoints, observe, changed, failed } = surroundings
  let release = () => {}
  let released = false
  const stopped = new Promise<true>((resolve) => {
    release = () => {
      released = true
      resolve(true)
    }
  })

  function announce(replica: Replica, ready: boolean) {
    endpoints.announce(replica.id, { id: replica.id, address: replica.service.address, ready })
  }

  function becomesReady(replica: Replica) {
    if (replica.phase === 'terminating') return
    const first = replica.readyAt === undefined
    replica.phase = 'ready'
    replica.readyAt ??= performance.now()
    announce(replica, true)
    if (first)
      observe({ type: 'replicaReady', replica: replica.id, afterMs: replica.readyAt - replica.startedAt })
    changed()
  }

  function becomesUnready(replica: Replica, last: ProbeResult) {
    endpoints.announce(replica.id, undefined)
    if (replica.phase === 'terminating') return
    replica.phase = 'unready'
    observe({ type: 'replicaUnready', replica: replica.id, detail: `${options.ready} ${last.detail}` })
    changed()
  }

  async function endsByItself(replica: Replica, exit: Exit) {
    replica.exit = exit
    if (released || replica.phase === 'terminating') return
    const early = replica.readyAt === undefined
    replica.phase = 'gone'
    replica.died = true
    endpoints.announce(replica.id, undefined)
    const output = await replica.service.lastOutput()
    if (released) return
    if (early) {
      const reason = `ended before it was ready (${exitText(exit)})`
      observe({ type: 'replicaNeverReady', replica: replica.id, reason, output })
      failed(`replica ${replica.id} ${reason}`)
    } else {
      observe({ type: 'replicaDied', replica: replica.id, exit, output })
      failed(`replica ${replica.id} ended by itself (${exitText(exit)})`)
    }
  }

  async function watchStart(replica: Replica, lastProbe: () => ProbeResult | undefined) {
    await pause(options.readyTimeout * 1000, Promise.race([replica.service.exited, stopped]))
    if (released || replica.readyAt !== undefined || replica.exit) return
    const reason = `not ready within ${options.readyTimeout} s: ${probeText(options.ready)} came to ${lastProbe()?.detail ?? 'nothing yet'}`
    observe({ type: 'replicaNeverReady', replica: replica.id, reason, output: replica.service.output() })
    failed(`replica ${replica.id} was ${reason}`)
  }

  async function end(replica: Replica) {
    const { exit, drainMs, killed } = await terminate(replica.service, options, (at) => {
      replica.sigtermAt = at
      observe({ type: 'replicaSignalled', replica: replica.id })
    })
    Object.assign(replica, { phase: 'gone', exit, drainMs, killed })
    endpoints.announce(replica.id, undefined)
    if (released) return
    if (killed) observe({ type: 'replicaKilled', replica: replica.id, afterMs: drainMs })
    observe({ type: 'replicaExited', replica: replica.id, drainMs, exit })
    changed()
  }

  return {
    async start(id, generation) {
      const address = { host, port: await freePort(host) }
      const env = replicaEnv(options, address)
      const service = await startService({ command: options.command, address, env }, groups)
      const replica = newReplica(id, generation, service)
      observe({
        type: 'replicaStarted',
        replica: id,
        rollout: generation,
        pid: service.pid,
        port: address.port,
      })
      void service.exited.then((exit) => endsByItself(replica, exit))
      const lastProbe = startProbing(
        replica,
        options,
        {
          readiness: (ready, last) => (ready ? becomesReady(replica) : becomesUnready(replica, last)),
          livenessFailed(last) {
            const draining = replica.phase === 'terminating'
            replica.liveness[draining ? 'failedDraining' : 'failed']++
            observe({
              type: 'livenessFailed',
              replica: id,
              draining,
              detail: `${options.live} ${last.detail}`,
            })
          },
        },
        stopped,
      )
      void watchStart(replica, lastProbe)
      return replica
    },
    stop(replica) {
      const serving = replica.phase === 'ready'
      replica.phase = 'terminating'
      replica.deletedAt = performance.now()
      if (serving) announce(replica, false)
      observe({ type: 'replicaStopping', replica: replica.id, preStopMs: options.preStop * 1000 })
      void end(replica)
      changed()
    },
    release: () => release(),
  }
}

/** How a process ended, for people: `exit code 1`, `SIGKILL`. */
export function exitText({ code, signal }: Exit): string {
  return signal ?? `exit code ${code}`
}
