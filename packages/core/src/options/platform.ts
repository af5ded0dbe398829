import type { Ancestor } from '../process/ancestors.js'

/** What a platform promises, in milliseconds. */
export interface Preset {
  /** From the stop signal to SIGKILL. */
  readonly gracePeriod: number
  /** How long traffic may still be routed here after the stop signal, as `shutdownDelay`; 0 where the platform stops it first. */
  readonly window: number | { readonly min: number; readonly max: number }
  /** The least time an idle connection gets for one last request, given the grace period. */
  readonly linger: (gracePeriod: number) => number
  /** SIGINT is this platform's way to stop a process, not somebody's Ctrl-C. */
  readonly stopsBySigint: boolean
}

const behindBalancer = { min: 5000, max: 10_000 }
const full = () => 5000
const quarter = (gracePeriod: number) => Math.min(5000, gracePeriod / 4)
const zero = () => 0

/** Platforms whose balancers keep idle connections to a server longer than the 5 s after which Node closes them. */
export const keepsConnectionsLong: readonly string[] = ['kubernetes', 'knative', 'cloud-run', 'ecs', 'heroku']

/** The promises of every platform that is told apart. */
export const presets = {
  kubernetes: { gracePeriod: 30_000, window: behindBalancer, linger: full, stopsBySigint: false },
  knative: { gracePeriod: 300_000, window: 0, linger: quarter, stopsBySigint: false },
  'cloud-run': { gracePeriod: 10_000, window: 0, linger: quarter, stopsBySigint: false },
  ecs: { gracePeriod: 30_000, window: 0, linger: quarter, stopsBySigint: false },
  heroku: { gracePeriod: 30_000, window: 0, linger: quarter, stopsBySigint: false },
  nomad: { gracePeriod: 5000, window: 0, linger: zero, stopsBySigint: true },
  docker: { gracePeriod: 10_000, window: 1000, linger: full, stopsBySigint: false },
  systemd: { gracePeriod: 90_000, window: 0, linger: zero, stopsBySigint: false },
  pm2: { gracePeriod: 1600, window: 0, linger: zero, stopsBySigint: true },
  terminal: { gracePeriod: 30_000, window: 0, linger: zero, stopsBySigint: false },
  none: { gracePeriod: 30_000, window: behindBalancer, linger: full, stopsBySigint: false },
} as const satisfies Record<string, Preset>

/** The platforms that are told apart. */
export type Platform = keyof typeof presets

/** What detection looks at: injected, so that every platform can be met in a unit test. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly isTerminal: boolean
  readonly isContainer: boolean
  /** The processes above this one, nearest first. */
  readonly ancestors: () => readonly Ancestor[]
}

/**
 * Names the platform from what it leaves in the environment. PM2 comes first: wherever it runs, it is PM2 that stops the
 * process. An orchestrator's environment beats a terminal.
 */
export function detectPlatform({
  env,
  isTerminal,
  isContainer,
}: Pick<Surroundings, 'env' | 'isTerminal' | 'isContainer'>): Platform {
  if (env['pm_id'] !== undefined) return 'pm2'
  if (env['K_REVISION'] && env['KUBERNETES_SERVICE_HOST']) return 'knative'
  if (env['KUBERNETES_SERVICE_HOST']) return 'kubernetes'
  if (env['K_SERVICE'] || env['CLOUD_RUN_JOB']) return 'cloud-run'
  if (env['ECS_CONTAINER_METADATA_URI_V4'] || env['ECS_CONTAINER_METADATA_URI']) return 'ecs'
  if (env['DYNO']) return 'heroku'
  if (env['NOMAD_ALLOC_ID']) return 'nomad'
  if (isTerminal || env['NODE_ENV'] === 'development') return 'terminal'
  if (env['NOTIFY_SOCKET'] || env['INVOCATION_ID']) return 'systemd'
  if (isContainer) return 'docker'
  return 'none'
}
