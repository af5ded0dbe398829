import type { Ancestor } from '../process/ancestors.js'
import { pm2Grace } from './pm2.js'

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
/** One that has just been restarted is waited for: nobody else is there to take its traffic. */
const short = (gracePeriod: number) => Math.min(1000, gracePeriod / 4)
const zero = () => 0

/** A platform that sends no more traffic by the time of its stop signal. */
const quietBefore = (gracePeriod: number) => ({
  gracePeriod,
  window: 0,
  linger: quarter,
  stopsBySigint: false,
})

/** Platforms whose balancers keep idle connections to a server longer than the 5 s after which Node closes them. */
export const keepsConnectionsLong: readonly string[] = [
  'kubernetes',
  'knative',
  'cloud-run',
  'ecs',
  'heroku',
  'cloud-foundry',
  'app-engine',
  'azure-container-apps',
  'render',
]

/** The promises of every platform that is told apart. */
export const presets = {
  kubernetes: { gracePeriod: 30_000, window: behindBalancer, linger: full, stopsBySigint: false },
  knative: quietBefore(300_000),
  'cloud-run': quietBefore(10_000),
  ecs: quietBefore(30_000),
  heroku: quietBefore(30_000),
  nomad: { gracePeriod: 5000, window: 0, linger: zero, stopsBySigint: true },
  fly: { ...quietBefore(5000), stopsBySigint: true },
  'cloud-foundry': quietBefore(10_000),
  'app-engine': quietBefore(30_000),
  'azure-container-apps': quietBefore(30_000),
  render: quietBefore(30_000),
  docker: { gracePeriod: 10_000, window: 1000, linger: full, stopsBySigint: false },
  systemd: { gracePeriod: 90_000, window: 0, linger: short, stopsBySigint: false },
  pm2: { gracePeriod: 1600, window: 0, linger: short, stopsBySigint: true },
  terminal: { gracePeriod: 30_000, window: 0, linger: zero, stopsBySigint: false },
  none: { gracePeriod: 30_000, window: behindBalancer, linger: full, stopsBySigint: false },
} as const satisfies Record<string, Preset>

/** The platforms that are told apart. */
export type Platform = keyof typeof presets

/** What people also call them. */
export const platformAliases: Readonly<Record<string, Platform>> = {
  aks: 'kubernetes',
  eks: 'kubernetes',
  gke: 'kubernetes',
  k3s: 'kubernetes',
  openshift: 'kubernetes',
  aws: 'ecs',
  fargate: 'ecs',
  gcp: 'cloud-run',
  compose: 'docker',
  podman: 'docker',
  swarm: 'docker',
  tty: 'terminal',
}

/** What detection looks at: injected, so that every platform can be met in a unit test. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Somebody develops: the output is a terminal, or somebody restarts the process whenever files change. */
  readonly isTerminal: boolean
  readonly isContainer: boolean
  /** The processes above this one, nearest first; the primary of a cluster is one of its own. */
  readonly ancestors: () => readonly Ancestor[]
  /** Whom systemd tells to stop, in its words. @default 'control-group' */
  readonly killMode?: () => string
  /** The addresses of the servers of HTTP that listen in this process, and that no lifecycle has. @default none */
  readonly forgottenServers?: () => readonly string[]
}

/** App Engine's standard environment, which is quicker to kill than the flexible one. */
const standardGrace = 3000

/** A platform's promises, in the words of its own environment where it says more there. */
export function presetFor(platform: Platform, env: Surroundings['env']): Preset {
  const preset = presets[platform]
  if (platform === 'pm2') return { ...preset, gracePeriod: pm2Grace(env) }
  if (platform === 'app-engine' && env['GAE_ENV'] === 'standard')
    return { ...preset, gracePeriod: standardGrace }
  return preset
}

/** What orchestrators leave in the environment. Those that are built upon Kubernetes come before it. */
const marks: readonly (readonly [Platform, (env: Surroundings['env']) => unknown])[] = [
  // Wherever it runs, it is PM2 that stops the process; its first process is number 0.
  ['pm2', (env) => env['pm_id'] !== undefined],
  ['fly', (env) => env['FLY_MACHINE_ID']],
  ['azure-container-apps', (env) => env['CONTAINER_APP_NAME']],
  ['render', (env) => env['RENDER']],
  ['cloud-foundry', (env) => env['VCAP_APPLICATION']],
  ['app-engine', (env) => env['GAE_ENV']],
  ['knative', (env) => env['K_REVISION'] && env['KUBERNETES_SERVICE_HOST']],
  ['kubernetes', (env) => env['KUBERNETES_SERVICE_HOST']],
  ['cloud-run', (env) => env['K_SERVICE'] || env['CLOUD_RUN_JOB']],
  ['ecs', (env) => env['ECS_CONTAINER_METADATA_URI_V4'] || env['ECS_CONTAINER_METADATA_URI']],
  ['heroku', (env) => env['DYNO']],
  ['nomad', (env) => env['NOMAD_ALLOC_ID']],
]

/** Names the platform. An orchestrator's environment beats a terminal. */
export function detectPlatform({
  env,
  isTerminal,
  isContainer,
}: Pick<Surroundings, 'env' | 'isTerminal' | 'isContainer'>): Platform {
  const [orchestrator] = marks.find(([, isMarked]) => isMarked(env)) ?? []
  if (orchestrator) return orchestrator
  if (isTerminal || env['NODE_ENV'] === 'development') return 'terminal'
  if (env['NOTIFY_SOCKET'] || env['INVOCATION_ID']) return 'systemd'
  return isContainer ? 'docker' : 'none'
}
