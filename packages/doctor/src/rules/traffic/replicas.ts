import { replicasOf } from '../../kubernetes/workload.js'
import { isKnown } from '../../model/fact.js'
import type { Container } from '../../project/container.js'
import type { Tree } from '../../read/tree.js'

/** Whether a Service leads to it, on Kubernetes itself. */
export const isServing = ({ workload, isRouted }: Container): boolean =>
  workload.platform === 'kubernetes' && !workload.isJob && isRouted

/** Whether it is replaced as Deployments are. */
export const isDeployment = ({ workload }: Container): boolean =>
  ['Deployment', 'DeploymentConfig', 'Rollout'].includes(workload.object.kind)

/** How many pods there are at the least; nothing, if that is filled in later. */
export function leastReplicas({ workload, traffic }: Container): {
  count: number | undefined
  at: Tree | undefined
} {
  const [scaler] = traffic.autoscalers
  if (scaler) {
    const least = scaler.tree.get('spec', 'minReplicas') ?? scaler.tree.get('spec', 'minReplicaCount')
    return {
      count: least === undefined ? (scaler.kind === 'ScaledObject' ? 0 : 1) : least.number,
      at: least ?? scaler.tree.get('spec'),
    }
  }
  const replicas = replicasOf(workload)
  return { count: isKnown(replicas) ? replicas.value : undefined, at: workload.spec.get('replicas') }
}

/** A number, or a share of `of`, rounded as Kubernetes does. */
export function resolveShare(
  tree: Tree | undefined,
  otherwise: string,
  of: number,
  round: (value: number) => number,
): number | undefined {
  if (tree?.unknown !== undefined) return undefined
  const text = tree?.text ?? otherwise
  const [, share] = /^(\d+(?:\.\d+)?)%$/.exec(text) ?? []
  const value = share === undefined ? Number(text) : round((Number(share) * of) / 100)
  return Number.isFinite(value) ? value : undefined
}
