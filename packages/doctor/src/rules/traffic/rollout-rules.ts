import type { Container } from '../../project/container.js'
import { fail, type Outcomes, pass, rule, unseen } from '../rule.js'
import { sources } from '../sources.js'
import { isDeployment, isServing, leastReplicas, resolveShare } from './replicas.js'

const volumesOfOne = /^(?:persistentVolumeClaim|awsElasticBlockStore|gcePersistentDisk|azureDisk)$/

function checkRecreate(container: Container): Outcomes {
  const { workload } = container
  if (!isDeployment(container) || !isServing(container)) return undefined
  const type = workload.spec.get('strategy', 'type')
  if (type?.text !== 'Recreate') return pass
  const holdsVolume = (workload.podSpec.get('volumes')?.items ?? []).some((volume) =>
    volume.fields.some(([name]) => volumesOfOne.test(name)),
  )
  return fail({
    severity: holdsVolume ? 'info' : 'error',
    at: type.place,
    computed: `Recreate${holdsVolume ? ', and a volume that one pod may hold' : ''}`,
    message: 'all pods are stopped before a new one is started: nobody serves in between',
  })
}

/** How many of `count` pods may be away at once; nothing, if that is filled in later. */
function unavailableOf({ workload }: Container, count: number): number | undefined {
  const rolling = workload.spec.get('strategy', 'rollingUpdate')
  const surge = resolveShare(rolling?.get('maxSurge'), '25%', count, Math.ceil)
  const unavailable = resolveShare(rolling?.get('maxUnavailable'), '25%', count, Math.floor)
  if (surge === undefined || unavailable === undefined) return undefined
  return unavailable === 0 && surge === 0 ? 1 : unavailable
}

function checkUnavailable(container: Container): Outcomes {
  const { workload } = container
  if (workload.object.kind !== 'Deployment' || !isServing(container)) return undefined
  if (workload.spec.get('strategy', 'type')?.text === 'Recreate') return undefined
  const { count = 0 } = leastReplicas(container)
  if (count === 0) return undefined
  const rolling = workload.spec.get('strategy', 'rollingUpdate')
  const at = (rolling?.get('maxUnavailable') ?? rolling)?.place ?? workload.at
  const unavailable = unavailableOf(container, count)
  if (unavailable === undefined)
    return unseen({ at, computed: 'maxUnavailable ?', message: 'how many may be away is filled in later' })
  if (unavailable < Math.max(1, count - 1)) return pass
  const isAll = unavailable >= count
  return fail({
    severity: isAll ? 'error' : 'warning',
    at,
    computed: `${unavailable} of ${count} away at once`,
    message: isAll
      ? 'a roll-out may stop all pods before a new one is ready'
      : 'a roll-out leaves one pod with everybody’s requests',
  })
}

function checkReadySeconds(container: Container): Outcomes {
  const { workload, traffic } = container
  if (!isDeployment(container) || !isServing(container)) return undefined
  const isBehindCloud =
    traffic.fronts.length > 0 ||
    traffic.services.some(({ tree }) => tree.get('spec', 'type')?.text === 'LoadBalancer')
  if (!isBehindCloud || (workload.podSpec.get('readinessGates')?.items.length ?? 0) > 0) return undefined
  const seconds = workload.spec.get('minReadySeconds')
  if (seconds?.unknown !== undefined || (seconds?.number ?? 0) > 0) return pass
  return fail({
    at: seconds?.place ?? workload.at,
    computed: 'minReadySeconds 0',
    message:
      'an old pod goes as soon as a new one is ready, which the balancer in front may not have heard yet',
  })
}

/** What takes a port of the node: it can be had once. */
function nodePortOf({ tree, workload }: Container) {
  const port = (tree.get('ports')?.items ?? []).flatMap((each) => each.get('hostPort') ?? [])[0]
  const network = workload.podSpec.get('hostNetwork')
  if (port) return { at: port.place, computed: `hostPort ${port.text}` }
  return network?.scalar === true ? { at: network.place, computed: 'hostNetwork' } : undefined
}

function checkHostPort(container: Container): Outcomes {
  if (container.workload.object.kind !== 'Deployment') return undefined
  const taken = nodePortOf(container)
  if (taken === undefined) return pass
  return fail({
    ...taken,
    message: 'a new pod finds no room beside the old one on its node: the old one has to go first',
  })
}

function checkSurge(container: Container): Outcomes {
  const { workload } = container
  if (workload.object.kind !== 'DaemonSet' || !isServing(container)) return undefined
  const surge = workload.spec.get('updateStrategy', 'rollingUpdate', 'maxSurge')
  if (surge && surge.text !== '0' && surge.text !== '0%') return pass
  return fail({
    at: surge?.place ?? workload.at,
    computed: 'maxSurge 0',
    message: 'on every node the old pod is stopped before the new one is started',
    fix: nodePortOf(container)
      ? 'Leave the ports of nodes to a Service: beside a pod that has one, maxSurge has no room.'
      : undefined,
  })
}

/** Rules about how pods are replaced. */
export const rolloutRules = [
  rule({
    id: 'K40',
    name: 'recreate',
    severity: 'error',
    subject: 'container',
    check: checkRecreate,
    why: 'The strategy Recreate stops all pods before it starts new ones: every deployment is an outage.',
    fix: 'strategy: { type: RollingUpdate, rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }',
    sources: [sources.rollingUpdate],
  }),
  rule({
    id: 'K42',
    name: 'max-unavailable',
    severity: 'warning',
    subject: 'container',
    check: checkUnavailable,
    why: 'maxUnavailable is rounded down and maxSurge up. What may be away at once takes its capacity, and its connections, with it.',
    fix: 'maxUnavailable: 0, maxSurge: 1',
    sources: [sources.rollingUpdate],
  }),
  rule({
    id: 'K44',
    name: 'min-ready-zero',
    severity: 'info',
    subject: 'container',
    check: checkReadySeconds,
    why: 'A balancer outside the cluster hears of a new pod later than Kubernetes does. With minReadySeconds 0 the old pod is gone before.',
    fix: 'minReadySeconds: 5 … 10, or readiness gates of the balancer’s controller.',
    sources: [sources.rollingUpdate],
  }),
  rule({
    id: 'K45',
    name: 'hostport',
    severity: 'warning',
    subject: 'container',
    check: checkHostPort,
    why: 'A port of the node can be had once. The pod that a roll-out adds cannot be scheduled beside the old one, so the old one goes first.',
    fix: 'Use a Service.',
    sources: [sources.rollingUpdate],
  }),
  rule({
    id: 'K55',
    name: 'daemonset-surge',
    severity: 'warning',
    subject: 'container',
    check: checkSurge,
    why: 'A DaemonSet stops the pod of a node before it starts its successor, unless maxSurge allows one more.',
    fix: 'updateStrategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }',
    sources: ['https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/'],
  }),
]
