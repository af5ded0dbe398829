import { pause } from './pause.js'
import { probe } from './probe.js'
import type { ProbeResult } from './probe-result.js'
import { afterProbe, unprobed } from './readiness.js'
import type { Replica } from './replica.js'

/** What and how often to probe. */
export interface ProbeSettings {
  ready: string
  live: string
  /** Seconds. */
  probePeriod: number
  failureThreshold: number
}

/** Is told what the probes of a replica show. */
export interface ProbeObserver {
  /** Readiness has changed. */
  readiness(ready: boolean, last: ProbeResult): void
  /** A liveness probe has failed. */
  livenessFailed(last: ProbeResult): void
}

/**
 * Probes a replica until its process has ended or probing is stopped. Readiness goes on while it drains, as the kubelet does. So does
 * liveness, which the kubelet would stop: other platforms do not; but a refused probe is then no failure, since a service that has
 * stopped listening is only doing what it was told.
 *
 * @param stopped resolves when probing shall end; what a probe that is under way then comes to is nobody's concern
 * @returns the readiness probe that came last, for the message when a replica never got ready
 */
export function startProbing(
  replica: Replica,
  settings: ProbeSettings,
  observer: ProbeObserver,
  stopped: Promise<unknown>,
): () => ProbeResult | undefined {
  const { address } = replica.service
  const ended = Promise.race([replica.service.exited, stopped]).then(() => true)
  let over = false
  void ended.then(() => {
    over = true
  })
  let last: ProbeResult | undefined
  let readiness = unprobed

  const probeReadiness = async () => {
    const result = await probe(address, settings.ready)
    if (over) return
    last = result
    const before = readiness.ready
    readiness = afterProbe(readiness, result.success, settings.failureThreshold)
    if (readiness.ready !== before) observer.readiness(readiness.ready, result)
  }
  const probeLiveness = async () => {
    const result = await probe(address, settings.live)
    if (result.success || over) return
    if (replica.phase === 'terminating' && !result.answered) return
    observer.livenessFailed(result)
  }
  const run = async () => {
    do {
      await probeReadiness()
      if (replica.readyAt !== undefined && !over) await probeLiveness()
    } while (!(await pause(settings.probePeriod * 1000, ended)))
  }
  void run()
  return () => last
}
