import { LifecycleError } from '../errors.js'
import type { State } from '../lifecycle/state.js'
import { pathOf } from './request-target.js'

/** Where the probes answer. */
export interface ProbeOptions {
  /**
   * Liveness: 200 until the process is gone.
   *
   * @default '/livez'
   */
  livez?: string | undefined
  /**
   * Readiness: 200 while `ready`, 503 otherwise.
   *
   * @default '/readyz'
   */
  readyz?: string | undefined
  /**
   * Startup: 503 while `starting`, 200 from then on.
   *
   * @default '/startupz'
   */
  startupz?: string | undefined
  /**
   * A server of its own for the probes, the last thing to close; the paths of the main port then belong to the
   * application. `0` takes any free port, which `lifecycle.probesPort` names. Readiness waits until it listens; the process
   * ends if it cannot.
   *
   * @default none: probes answer on the main port; `LAMEDUCK_PROBES_PORT` in the environment
   */
  port?: number | undefined
  /**
   * The address of that server.
   *
   * @default every address
   */
  host?: string | undefined
  /**
   * Shows the checks by name, and answers `?verbose`, `?exclude=name` and `/readyz/name`, on the main port, too. With
   * `port`, the server of the probes always does, and shows what checks returned (`details`) besides.
   *
   * @default false
   */
  verbose?: boolean | undefined
  /**
   * More that counts as a probe, not as traffic: paths (they begin with `/`), or beginnings of user agents.
   *
   * @default []
   */
  ignore?: readonly string[] | undefined
}

/** The name of a probe. */
export type ProbeName = 'livez' | 'readyz' | 'startupz'

/** Every probe's path. */
export type ProbePaths = Readonly<Record<ProbeName, string>>

/** The paths of the Kubernetes API server's own probes. */
export const probeDefaults: ProbePaths = { livez: '/livez', readyz: '/readyz', startupz: '/startupz' }

/** Where and how the probes answer. */
export type ProbeSettings = ReturnType<typeof resolveProbes>

/**
 * Fills the gaps.
 *
 * @throws {LifecycleError} PROBE_PATHS_EQUAL
 */
export function resolveProbes({ port, host, verbose = false, ignore = [], ...given }: ProbeOptions) {
  const paths: ProbePaths = {
    livez: given.livez ?? probeDefaults.livez,
    readyz: given.readyz ?? probeDefaults.readyz,
    startupz: given.startupz ?? probeDefaults.startupz,
  }
  const { livez, readyz, startupz } = paths
  if (new Set([livez, readyz, startupz]).size < 3) {
    const got = `livez "${livez}", readyz "${readyz}", startupz "${startupz}"`
    throw new LifecycleError('PROBE_PATHS_EQUAL', `probes: expected a path of its own for each, got ${got}`)
  }
  return { paths, port, host, verbose, ignore }
}

/** Which probe is green in which state. */
export const probeTable = {
  livez: { starting: true, ready: true, draining: true, stopped: true },
  readyz: { starting: false, ready: true, draining: false, stopped: false },
  startupz: { starting: false, ready: true, draining: true, stopped: true },
} as const satisfies Record<ProbeName, Record<State, boolean>>

/** An answer to a probe, as HTTP tells it. */
export interface ProbeAnswer {
  readonly status: 200 | 404 | 503
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Whether a probe is green in `state`, checks aside. `keepReady` leaves readiness green although the drain has begun. */
export const isGreen = (probe: ProbeName, state: State, keepReady: boolean): boolean =>
  probeTable[probe][state] || (probe === 'readyz' && keepReady)

/** What a check returned may be anything: what JSON cannot say is left out. */
function asJson(body: object): string {
  try {
    return JSON.stringify(body)
  } catch {
    return JSON.stringify({ ...body, details: undefined })
  }
}

/** A probe's answer in JSON; `more` only where it may be shown. */
export function jsonAnswer(green: boolean, state: State, more: object = {}): ProbeAnswer {
  return {
    status: green ? 200 : 503,
    headers: probeHeaders('application/json; charset=utf-8', state),
    body: asJson({ status: green ? 'ok' : 'unavailable', state, ...more }),
  }
}

/** The headers that every probe's answer carries. */
export const probeHeaders = (contentType: string, state: State): Record<string, string> => ({
  'content-type': contentType,
  'cache-control': 'no-store',
  'lifecycle-state': state,
})

const probeAgents = ['kube-probe/', 'ELB-HealthChecker/', 'GoogleHC/', 'Knative-']

/** What Knative's networking layer marks its own requests with, and the kubelet's where Istio has rewritten them. */
const probeHeaderNames = ['k-network-probe', 'k-kubelet-probe']

/** The headers of a request, by their names in lower case. */
export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>> & {
  readonly 'user-agent'?: string | undefined
}

/**
 * Says whether a request that is no probe by its path is one all the same, by its user agent, by Knative's headers or
 * by what the options want ignored: it is no sign of traffic.
 */
export function createTrafficFilter(ignore: readonly string[]) {
  const paths = ignore.filter((each) => each.startsWith('/'))
  const others = ignore.filter((each) => !each.startsWith('/'))
  const agents = [...probeAgents, ...others].map((each) => each.toLowerCase())
  return (url: string | undefined, headers: RequestHeaders): boolean => {
    if (probeHeaderNames.some((name) => headers[name] !== undefined)) return false
    const agent = headers['user-agent']?.toLowerCase()
    if (agent !== undefined && agents.some((each) => agent.startsWith(each))) return false
    if (paths.length === 0 || typeof url !== 'string') return true
    const asked = pathOf(url)
    return !paths.some((path) => asked === path || asked.startsWith(`${path}?`))
  }
}
