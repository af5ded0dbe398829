import { inSeconds } from '../../budget/drain.js'
import type { KubeObject } from '../../kubernetes/objects.js'
import { isKnown } from '../../model/fact.js'
import type { Container } from '../../project/container.js'
import { bareName, imageNameIn } from '../../project/image-names.js'
import { checkSignal } from '../platforms/signal.js'
import { fail, type Outcomes, pass, rule, unseen } from '../rule.js'
import { sources } from '../sources.js'

function checkPublished({ tree }: KubeObject): Outcomes {
  const published = tree.get('spec', 'publishNotReadyAddresses')
  if (published?.scalar !== true) return pass
  const isHeadless = tree.get('spec', 'clusterIP')?.text === 'None'
  return fail({
    severity: isHeadless ? 'info' : 'error',
    at: published.place,
    computed: `publishNotReadyAddresses: true${isHeadless ? ', headless' : ''}`,
    message: 'pods are sent requests whether they are ready or not: before they listen, and while they drain',
  })
}

const proxies =
  /^(?:envoy|proxyv2|nginx|haproxy|oauth2-proxy|cloud-sql-proxy|cloudsql-proxy|gce-proxy|linkerd-proxy|caddy|traefik|ambassador|pgbouncer)$/

function checkSidecar({ workload, tree }: Container): Outcomes {
  if (workload.platform !== 'kubernetes' || workload.main.length < 2) return undefined
  const proxy = workload.main.find(
    (each) => each !== tree && proxies.test(bareName(imageNameIn(each.get('image')) ?? '')),
  )
  if (proxy === undefined) return pass
  return fail({
    at: (proxy.get('name') ?? proxy).place,
    computed: `${proxy.get('name')?.text ?? 'a proxy'} among containers`,
    message: 'both get SIGTERM at once: the proxy may be gone while the service still answers through it',
  })
}

function checkJob({ workload, drain, at }: Container): Outcomes {
  if (!workload.isJob || drain.settings === undefined) return undefined
  const { window, linger } = drain.settings
  if (!drain.settings.explicit.window && !drain.settings.explicit.linger) return pass
  if (window.max === 0 && linger === 0) return pass
  return fail({
    at,
    computed: `window ${inSeconds(window.max)} s, linger ${inSeconds(linger)} s`,
    message: 'nobody routes to a Job: it waits for nothing when it is stopped',
  })
}

function checkStopSignal({ tree, drain, code, workload }: Container): Outcomes {
  const signal = tree.get('lifecycle', 'stopSignal')
  if (signal === undefined || workload.platform !== 'kubernetes') return undefined
  const { text } = signal
  const fact =
    text === undefined
      ? { unknown: 'the signal is filled in later', at: signal.place }
      : { value: text, at: signal.place, isDefault: false }
  return checkSignal(fact, { drain, code })
}

function checkRollout({ workload, drain }: Container): Outcomes {
  if (workload.object.kind !== 'Rollout') return undefined
  const strategy = workload.spec.get('strategy', 'blueGreen') ?? workload.spec.get('strategy', 'canary')
  const delay = strategy?.get('scaleDownDelaySeconds')
  if (delay === undefined) return pass
  if (delay.number === undefined)
    return unseen({ at: delay.place, computed: 'scaleDownDelaySeconds ?', message: 'it is filled in later' })
  const needed = drain.plan ? drain.plan.window.max / 1000 : 10
  if (delay.number >= needed) return pass
  return fail({
    at: delay.place,
    computed: `${delay.number} s < ${needed} s`,
    message: 'the old set is scaled down before the balancer has let go of it',
  })
}

/** What the cluster autoscaler waits for at most, unless it is told otherwise. */
const autoscalersPatience = 600_000

function checkAutoscaler({ workload }: Container): Outcomes {
  const { grace, platform } = workload
  if (platform !== 'kubernetes' || !isKnown(grace) || grace.isDefault) return undefined
  if (grace.value <= autoscalersPatience) return pass
  return fail({
    at: grace.at,
    computed: `${inSeconds(grace.value)} s > 600 s`,
    message: 'when the cluster autoscaler takes a node away, it waits for 600 s at most',
  })
}

/** What the pods of a spot node get, in milliseconds, by the label that says so. */
const spotNodes: readonly (readonly [string, number])[] = [
  ['cloud.google.com/gke-spot', 15_000],
  ['cloud.google.com/gke-preemptible', 15_000],
]

function checkSpot({ workload }: Container): Outcomes {
  const { grace, podSpec } = workload
  const selector = podSpec.get('nodeSelector')
  const spot = spotNodes.find(([label]) => selector?.get(label)?.text === 'true')
  if (spot === undefined || !isKnown(grace)) return undefined
  if (grace.value <= spot[1]) return pass
  return fail({
    at: grace.at,
    computed: `${inSeconds(grace.value)} s > ${inSeconds(spot[1])} s`,
    message: `a spot node gives its pods ${inSeconds(spot[1])} s when it is taken away`,
  })
}

function checkMesh({ workload }: Container): Outcomes {
  const { annotations, labels } = workload
  const injected = annotations.get('sidecar.istio.io/inject') ?? labels.get('sidecar.istio.io/inject')
  if (injected !== 'true') return undefined
  const drains = /terminationDrainDuration|EXIT_ON_ZERO_ACTIVE_CONNECTIONS/.test(
    annotations.get('proxy.istio.io/config') ?? '',
  )
  if (drains || annotations.get('sidecar.istio.io/nativeSidecar') === 'true') return pass
  return unseen({
    at: workload.at,
    computed: 'sidecar.istio.io/inject',
    message:
      "whether Istio's proxy is a native sidecar was not seen (it is by default since 1.27); an ordinary one ends while the service still drains",
    fix: 'Set sidecar.istio.io/nativeSidecar: "true", or EXIT_ON_ZERO_ACTIVE_CONNECTIONS.',
  })
}

function checkHold({ workload }: Container): Outcomes {
  const { annotations, labels } = workload
  if ((annotations.get('sidecar.istio.io/inject') ?? labels.get('sidecar.istio.io/inject')) !== 'true')
    return undefined
  if (
    annotations.get('sidecar.istio.io/nativeSidecar') === 'true' ||
    /holdApplicationUntilProxyStarts/.test(annotations.get('proxy.istio.io/config') ?? '')
  )
    return pass
  return unseen({
    at: workload.at,
    computed: 'holdApplicationUntilProxyStarts ?',
    message:
      'whether the service waits for its proxy was not seen: calls that it makes while it starts may be refused',
    fix: 'Set sidecar.istio.io/nativeSidecar: "true".',
  })
}

/** Rules about what a cluster does to pods. */
export const clusterRules = [
  rule({
    id: 'K29',
    name: 'sidecar-dies-first',
    severity: 'warning',
    subject: 'container',
    check: checkMesh,
    why: 'A proxy that is an ordinary container gets SIGTERM with the service, and may be gone while the service still needs it for its own calls.',
    fix: 'Native sidecars (by default since Istio 1.27), or EXIT_ON_ZERO_ACTIVE_CONNECTIONS.',
    sources: [sources.sidecars, sources.istio],
  }),
  rule({
    id: 'K30',
    name: 'hold-app',
    severity: 'info',
    subject: 'container',
    check: checkHold,
    why: 'A service that starts before its proxy cannot reach anything, and fails its start-up.',
    fix: 'Native sidecars, or holdApplicationUntilProxyStarts.',
    sources: [sources.istio],
  }),
  rule({
    id: 'K31',
    name: 'stop-signal-field',
    severity: 'error',
    subject: 'container',
    check: checkStopSignal,
    why: "lifecycle.stopSignal wins over the image's STOPSIGNAL. One that the application does not listen to ends it at once, or not at all.",
    fix: 'Leave it out, or SIGTERM.',
    sources: [sources.podTermination],
  }),
  rule({
    id: 'K33',
    name: 'sidecar-order',
    severity: 'warning',
    subject: 'container',
    check: checkSidecar,
    why: 'Containers of a pod get SIGTERM at the same time, in no order. A proxy beside the service may end first, with the connections it holds.',
    fix: 'Make it a native sidecar: an init container with restartPolicy: Always, which ends after the service.',
    sources: [sources.sidecars],
  }),
  rule({
    id: 'K34',
    name: 'job-completes',
    severity: 'info',
    subject: 'container',
    check: checkJob,
    why: 'A Job has nobody who routes to it. A window that was asked for by name only makes its end later.',
    fix: 'LAMEDUCK_SHUTDOWN_DELAY=0',
    sources: [sources.options],
  }),
  rule({
    id: 'K46',
    name: 'publish-not-ready',
    severity: 'error',
    subject: 'service',
    forAll: true,
    check: checkPublished,
    why: 'publishNotReadyAddresses makes a Service ignore readiness altogether.',
    fix: 'Leave it out. Where peers have to find each other before they are ready, use a headless Service of their own.',
    sources: ['https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/'],
  }),
  rule({
    id: 'K52',
    name: 'rollout-canary',
    severity: 'warning',
    subject: 'container',
    check: checkRollout,
    why: 'Argo Rollouts scales the old set down scaleDownDelaySeconds (30) after traffic was switched. Less than a balancer needs to hear of it, and requests go to pods that leave.',
    fix: 'Leave scaleDownDelaySeconds at 30, or above the window.',
    sources: [sources.rollouts],
  }),
  rule({
    id: 'K53',
    name: 'grace-over-autoscaler',
    severity: 'warning',
    subject: 'container',
    check: checkAutoscaler,
    why: 'The cluster autoscaler waits 600 s for the pods of a node that it takes away, whatever their grace period (--max-graceful-termination-sec).',
    fix: 'At most 600, or raise the autoscaler’s limit.',
    sources: [sources.autoscaler],
  }),
  rule({
    id: 'K54',
    name: 'spot-grace',
    severity: 'warning',
    subject: 'container',
    check: checkSpot,
    why: 'A spot node is taken away within seconds: on GKE its pods get 15.',
    fix: 'Plan for that: a shorter grace period, or nodes that stay.',
    sources: [sources.gkeSpot],
  }),
]
