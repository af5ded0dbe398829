import { inSeconds } from '../../budget/drain.js'
import { textsOf } from '../../kubernetes/objects.js'
import { isKnown } from '../../model/fact.js'
import type { Container } from '../../project/container.js'
import { fail, type Outcomes, pass, rule, unseen } from '../rule.js'
import { sources } from '../sources.js'
import {
  idleTimeOf,
  ingressTimeouts,
  keepAliveOf,
  nodesKeepAlive,
  type RequestTimeout,
  routeTimeouts,
} from './fronts.js'

function checkIdle(container: Container): Outcomes {
  const idle = idleTimeOf(container)
  if (idle === undefined) return undefined
  const keepAlive = keepAliveOf(container)
  const at = idle.at.place
  const name = container.name || 'the server'
  if (keepAlive === undefined) {
    return unseen({
      at,
      computed: `${name}: ? > ${idle.seconds} s`,
      message: `${idle.who} keeps idle connections for ${idle.seconds} s, and how long ${name} does was not seen (Node's default is ${nodesKeepAlive} s)`,
      fix: `server.keepAliveTimeout = ${(idle.seconds + 5) * 1000}`,
    })
  }
  if (keepAlive > idle.seconds) return pass
  return fail({
    at,
    computed: `${name}: ${keepAlive} s ≤ ${idle.seconds} s`,
    message: `${name} closes idle connections after ${keepAlive} s, ${idle.who} uses them for up to ${idle.seconds} s: a request that meets the close is a 502`,
    fix: `server.keepAliveTimeout = ${(idle.seconds + 5) * 1000}`,
  })
}

function checkDefault(container: Container): Outcomes {
  const { traffic, at } = container
  if (traffic.fronts.length === 0 || idleTimeOf(container)) return undefined
  const keepAlive = keepAliveOf(container)
  if (keepAlive === undefined) return undefined
  if (keepAlive > nodesKeepAlive) return pass
  return fail({
    at,
    computed: `keepAliveTimeout ${nodesKeepAlive} s, ${traffic.fronts[0]?.kind} ${traffic.fronts[0]?.name}`,
    message: 'balancers keep idle connections for 60 s and longer; the server closes them after 5',
  })
}

function checkTimeouts(container: Container, timeouts: readonly RequestTimeout[]): Outcomes {
  const { drain, workload, name } = container
  if (timeouts.length === 0) return undefined
  const { plan } = drain
  return timeouts.map(({ setting, seconds, at }) => {
    if (plan === undefined) {
      const grace = workload.grace
      if (isKnown(grace) && seconds * 1000 > grace.value) {
        return fail({
          at: at.place,
          computed: `${name}: ${seconds} s > ${inSeconds(grace.value)} s`,
          message: `${setting} allows requests that are longer than the whole grace period`,
        })
      }
      return unseen({
        at: at.place,
        computed: `${name}: ${seconds} s ≤ ?`,
        message: `how long ${name} serves on after SIGTERM was not seen`,
      })
    }
    const budget = plan.cutoff - plan.window.min
    if (seconds * 1000 <= budget) return pass
    return fail({
      at: at.place,
      computed: `${name}: ${seconds} s > ${inSeconds(budget)} s`,
      message: `${setting} allows requests of ${seconds} s, and one that begins at the end of the window has ${inSeconds(budget)} s at most`,
    })
  })
}

function checkDeregistration({ traffic, workload }: Container): Outcomes {
  const { grace } = workload
  for (const object of [...traffic.fronts, ...traffic.services]) {
    const annotations = object.tree.get('metadata', 'annotations')
    const attributes =
      annotations?.get('alb.ingress.kubernetes.io/target-group-attributes') ??
      annotations?.get('service.beta.kubernetes.io/aws-load-balancer-target-group-attributes')
    const [, seconds] = /deregistration_delay\.timeout_seconds=(\d+)/.exec(attributes?.text ?? '') ?? []
    if (attributes === undefined || seconds === undefined) continue
    if (!isKnown(grace))
      return unseen({ at: attributes.place, computed: `${seconds} s ≤ ?`, message: grace.unknown })
    if (Number(seconds) * 1000 <= grace.value) return pass
    return fail({
      at: attributes.place,
      computed: `${seconds} s > ${inSeconds(grace.value)} s`,
      message: 'the target group keeps connections to a pod for longer than the pod lives',
    })
  }
  return undefined
}

const longLived = /websocket|grpc/i

function checkLongLived({ traffic, workload, drain }: Container): Outcomes {
  const texts = [...traffic.fronts, ...traffic.services].flatMap(({ tree }) => [
    ...textsOf(tree.get('metadata', 'annotations')),
  ])
  const found = texts.find(([name, value]) => longLived.test(name) || /^(?:GRPCS?|WS)$/i.test(value))
  const { grace } = workload
  if (found === undefined || !isKnown(grace)) return undefined
  if (grace.value > 30_000 || drain.ending === 'lameduck') return pass
  return fail({
    at: grace.at,
    computed: `${found[0].replace(/^.*\//, '')}, ${inSeconds(grace.value)} s`,
    message: 'long-lived connections are all closed within this time, and their clients come back at once',
  })
}

function checkLocal({ traffic, drain, workload }: Container): Outcomes {
  const service = traffic.services.find(
    ({ tree }) => tree.get('spec', 'externalTrafficPolicy')?.text === 'Local',
  )
  const policy = service?.tree.get('spec', 'externalTrafficPolicy')
  if (policy === undefined || workload.object.kind === 'DaemonSet') return undefined
  if (drain.settings?.readinessDuringDrain === 'keep') return pass
  if (drain.ending !== 'lameduck') return undefined
  return fail({
    at: policy.place,
    computed: "externalTrafficPolicy Local, readinessDuringDrain 'fail'",
    message:
      'where it is the last pod of its node, kube-proxy would still use it while it drains, but not once its readiness fails',
  })
}

/** Rules about balancers in front. */
export const balancerRules = [
  rule({
    id: 'D13',
    name: 'node-version-keepalive',
    severity: 'warning',
    subject: 'container',
    check: checkDefault,
    why: 'Node closes idle connections after 5 s in every release up to 26; balancers keep theirs for a minute and longer, and send a request on one that is being closed.',
    fix: 'server.keepAliveTimeout above the idle time of the balancer, 75_000 say.',
    sources: [sources.keepAlive],
  }),
  rule({
    id: 'K27',
    name: 'grace-vs-lb-draining',
    severity: 'warning',
    subject: 'container',
    check: checkDeregistration,
    why: 'A target group that deregisters slower than the pod ends still has connections to it when it is killed.',
    fix: 'deregistration_delay at most the grace period, and readiness gates.',
    sources: [sources.awsAlb],
  }),
  rule({
    id: 'K47',
    name: 'etp-local',
    severity: 'warning',
    subject: 'container',
    check: checkLocal,
    why: 'With externalTrafficPolicy Local, kube-proxy falls back to terminating pods of a node that are still ready. Readiness that fails at once takes that away.',
    fix: "readinessDuringDrain: 'keep'",
    sources: [sources.terminatingEndpoints, sources.options],
  }),
  rule({
    id: 'K48',
    name: 'lb-idle-vs-keepalive',
    severity: 'error',
    subject: 'container',
    check: checkIdle,
    why: 'Whoever closes an idle connection first decides who is surprised. If that is the server, the balancer sends a request into the closing connection: a 502, at any time, not only in roll-outs.',
    fix: 'server.keepAliveTimeout = the idle time of the balancer + 5 s',
    sources: [sources.keepAlive, sources.awsAlb],
  }),
  rule({
    id: 'K49',
    name: 'lb-request-timeout-vs-grace',
    severity: 'warning',
    subject: 'container',
    check: (container) => checkTimeouts(container, ingressTimeouts(container)),
    why: 'A balancer that allows requests which are longer than the drain has time for lets them be cut in every roll-out.',
    fix: 'Raise terminationGracePeriodSeconds and LAMEDUCK_GRACE_PERIOD, or lower the limit.',
    sources: [sources.podTermination],
  }),
  rule({
    id: 'K50',
    name: 'session-affinity-ws',
    severity: 'info',
    subject: 'container',
    check: checkLongLived,
    why: 'WebSockets and streams of gRPC are closed by the end of the grace period. With a short one all clients come back at once.',
    fix: 'A grace period of 60 s and longer, and lameduck, which closes them with jitter.',
    sources: [sources.drain],
  }),
  rule({
    id: 'K51',
    name: 'gateway-timeouts',
    severity: 'warning',
    subject: 'container',
    check: (container) => checkTimeouts(container, routeTimeouts(container)),
    why: 'A route whose timeouts.request is longer than the drain has time for lets requests be cut in every roll-out.',
    fix: 'Raise terminationGracePeriodSeconds and LAMEDUCK_GRACE_PERIOD, or lower the limit.',
    sources: [sources.gatewayTimeouts],
  }),
]
