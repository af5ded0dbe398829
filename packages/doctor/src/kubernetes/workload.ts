import { type Fact, factOf, numberOf } from '../model/fact.js'
import type { Tree } from '../read/tree.js'
import type { Place } from '../text/source.js'
import { type KubeObject, textsOf } from './objects.js'

/** Which rules of the game a workload is under. */
export type KubePlatform = 'kubernetes' | 'knative' | 'cloud-run'

/** Something that runs pods. */
export interface Workload {
  readonly object: KubeObject
  readonly platform: KubePlatform
  /** `spec` of the object itself. */
  readonly spec: Tree
  readonly podSpec: Tree
  readonly labels: ReadonlyMap<string, string>
  readonly annotations: ReadonlyMap<string, string>
  readonly at: Place
  /** It completes by itself, and nobody routes to it. */
  readonly isJob: boolean
  /** `terminationGracePeriodSeconds`, on Knative `timeoutSeconds`; in milliseconds. */
  readonly grace: Fact<number>
  /** Containers that run side by side. */
  readonly main: readonly Tree[]
  /** Init containers that stay: native sidecars. */
  readonly sidecars: readonly Tree[]
}

const paths: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec'],
  Deployment: ['spec', 'template', 'spec'],
  DeploymentConfig: ['spec', 'template', 'spec'],
  StatefulSet: ['spec', 'template', 'spec'],
  DaemonSet: ['spec', 'template', 'spec'],
  ReplicaSet: ['spec', 'template', 'spec'],
  ReplicationController: ['spec', 'template', 'spec'],
  Rollout: ['spec', 'template', 'spec'],
  Job: ['spec', 'template', 'spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
}

const isKnative = ({ kind, apiVersion }: KubeObject) =>
  ['Service', 'Configuration', 'Revision'].includes(kind) && apiVersion.startsWith('serving.knative.dev/')

/** Whether an object runs pods. */
export const isWorkload = (object: KubeObject): boolean =>
  Object.hasOwn(paths, object.kind) || isKnative(object)

function platformOf(object: KubeObject, template: Tree | undefined): KubePlatform {
  if (!isKnative(object)) return 'kubernetes'
  const annotations = [object.tree, template].flatMap(
    (tree) => tree?.get('metadata', 'annotations')?.fields ?? [],
  )
  const labels = object.tree.get('metadata', 'labels')?.fields ?? []
  const isGoogle = [...annotations, ...labels].some(([name]) =>
    /^(?:run|cloud)\.googleapis\.com\//.test(name),
  )
  return isGoogle ? 'cloud-run' : 'knative'
}

const seconds = 1000
const defaults: Record<KubePlatform, number> = { kubernetes: 30_000, knative: 300_000, 'cloud-run': 10_000 }

function graceOf(podSpec: Tree, platform: KubePlatform, at: Place): Fact<number> {
  const name = platform === 'kubernetes' ? 'terminationGracePeriodSeconds' : 'timeoutSeconds'
  if (platform === 'cloud-run') return { value: defaults[platform], at, isDefault: true }
  return factOf(podSpec.get(name), defaults[platform], at, ({ number }) => number && number * seconds)
}

/** Reads what runs pods; nothing, where there is no pod. */
export function readWorkload(object: KubeObject): Workload | undefined {
  const path = paths[object.kind] ?? ['spec', 'template', 'spec']
  const podSpec = object.tree.get(...path)
  const spec = object.tree.get('spec')
  if (podSpec?.map === undefined || spec === undefined) return undefined
  const template = object.kind === 'Pod' ? object.tree : object.tree.get(...path.slice(0, -1))
  const platform = platformOf(object, template)
  const at = object.tree.get('metadata', 'name')?.place ?? object.tree.place
  const zero = podSpec.get('terminationGracePeriodSeconds')
  const grace =
    platform === 'kubernetes' && zero?.number === 0
      ? { value: 0, at: zero.place, isDefault: false }
      : graceOf(podSpec, platform, at)
  return {
    object,
    platform,
    spec,
    podSpec,
    labels: textsOf(template?.get('metadata', 'labels')),
    annotations: textsOf(template?.get('metadata', 'annotations')),
    at,
    isJob: object.kind === 'Job' || object.kind === 'CronJob',
    grace,
    main: podSpec.get('containers')?.items ?? [],
    sidecars: (podSpec.get('initContainers')?.items ?? []).filter(
      (each) => each.get('restartPolicy')?.text === 'Always',
    ),
  }
}

/** How many pods there are to be, if the object says so itself. */
export const replicasOf = ({ spec, at }: Workload): Fact<number> => numberOf(spec.get('replicas'), 1, at)
