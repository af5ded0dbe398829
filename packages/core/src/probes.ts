import type { State } from './state.js'

/** Where the probes answer. */
export interface ProbeOptions {
  /**
   * Liveness: 200 until the process is gone.
   *
   * @default '/livez'
   */
  livez?: string
  /**
   * Readiness: 200 while `ready`, 503 otherwise.
   *
   * @default '/readyz'
   */
  readyz?: string
  /**
   * Startup: 503 while `starting`, 200 from then on.
   *
   * @default '/startupz'
   */
  startupz?: string
}

/** Every probe's path. */
export type ProbePaths = Readonly<Required<ProbeOptions>>

/** The name of a probe. */
export type ProbeName = keyof ProbePaths

/** The paths of the Kubernetes API server's own probes. */
export const probeDefaults: ProbePaths = { livez: '/livez', readyz: '/readyz', startupz: '/startupz' }

/** Which probe is green in which state. */
export const probeTable = {
  livez: { starting: true, ready: true, draining: true, stopped: true },
  readyz: { starting: false, ready: true, draining: false, stopped: false },
  startupz: { starting: false, ready: true, draining: true, stopped: true },
} as const satisfies Record<ProbeName, Record<State, boolean>>

/** An answer to a probe, as HTTP tells it. */
export interface ProbeAnswer {
  readonly status: 200 | 503
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What a probe answers in `state`. `keepReady` leaves readiness green although the drain has begun. */
export function answerProbe(probe: ProbeName, state: State, keepReady = false): ProbeAnswer {
  const green = probeTable[probe][state] || (probe === 'readyz' && keepReady)
  return {
    status: green ? 200 : 503,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'lifecycle-state': state,
    },
    body: JSON.stringify({ status: green ? 'ok' : 'unavailable', state }),
  }
}

const probeAgents = /^(?:kube-probe\/|ELB-HealthChecker\/|GoogleHC\/|Knative-|K-Network-Probe)/i

/** Whether a user agent belongs to a prober: its requests are no sign of traffic. */
export function isProbeAgent(userAgent: string | undefined): boolean {
  return userAgent !== undefined && probeAgents.test(userAgent)
}

/** Finds the probe that a URL asks for: the path exactly, any query. Every request comes by here. */
export function createProbeMatcher(
  paths: ProbePaths | undefined,
): (url: string | undefined) => ProbeName | undefined {
  const probes = (Object.entries(paths ?? {}) as [ProbeName, string][]).map(([name, path]) => ({
    name,
    path,
    lastCode: path.charCodeAt(path.length - 1),
  }))
  return (url) => {
    if (url === undefined) return undefined
    for (const { name, path, lastCode } of probes) {
      // One character tells nearly all of them apart.
      if (url.charCodeAt(path.length - 1) !== lastCode || !url.startsWith(path)) continue
      if (url.length === path.length || url[path.length] === '?') return name
    }
    return undefined
  }
}
