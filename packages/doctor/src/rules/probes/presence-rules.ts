import { isKnown } from '../../model/fact.js'
import type { Container } from '../../project/container.js'
import { fail, type Outcomes, pass, rule } from '../rule.js'
import { sources } from '../sources.js'
import { isServing } from '../traffic/replicas.js'
import { answersProbes, handlerOf, pathOf } from './asking.js'
import { addProbe, replaceHandler } from './edits.js'

function checkReadiness(container: Container): Outcomes {
  if (!isServing(container)) return undefined
  if (container.readiness || container.tree.get('readinessProbe')?.unknown !== undefined) return pass
  const gates = container.workload.podSpec.get('readinessGates')?.items.length ?? 0
  if (gates > 0) return pass
  const [service] = container.traffic.services
  return fail({
    at: container.at,
    computed: `Service ${service?.name ?? ''} → ${container.name}, no readinessProbe`,
    message: 'it is sent requests as soon as its process runs, before it listens',
    fix: answersProbes(container)
      ? `readinessProbe: { httpGet: { path: ${pathOf(container, 'readyz')}, port: … }, periodSeconds: 2, failureThreshold: 2 }`
      : undefined,
    edits: addProbe(container, 'readinessProbe'),
  })
}

function checkTcp(container: Container): Outcomes {
  const { readiness, isRouted, workload } = container
  if (readiness === undefined || workload.platform !== 'kubernetes') return undefined
  if (readiness.kind !== 'tcpSocket') return pass
  return fail({
    severity: isRouted ? 'error' : 'warning',
    at: readiness.handler?.place ?? readiness.at,
    computed: `readinessProbe: ${handlerOf(container, readiness) ?? 'tcpSocket'}`,
    message: `an open port is not a ready service: it is open before start-up is done, and stays so while it drains${isRouted ? '' : ' (no Service that leads here was seen)'}`,
    edits: replaceHandler(container, readiness, 'readyz'),
  })
}

function checkEqual(container: Container): Outcomes {
  const { readiness, liveness } = container
  if (readiness === undefined || liveness === undefined) return undefined
  const [ready, live] = [handlerOf(container, readiness), handlerOf(container, liveness)]
  if (ready === undefined || live === undefined || readiness.kind === 'tcpSocket') return undefined
  if (ready !== live) return pass
  const asksReadyz = answersProbes(container) && liveness.path === pathOf(container, 'readyz')
  return fail({
    severity: asksReadyz ? 'error' : 'warning',
    at: liveness.at,
    computed: `${live} = ${ready}`,
    message: asksReadyz
      ? 'liveness asks what turns red while the process drains, or while a check of it fails: it is restarted instead of waited for'
      : 'when it is not ready it is restarted as well, however well it lives',
    edits: replaceHandler(container, liveness, 'livez'),
  })
}

const aggregate =
  /^\/(?:readyz?|ready(?:ness)?|healthz?\/ready|health\/readiness|actuator\/health|api\/ready)$/

function checkLivenessPath(container: Container): Outcomes {
  const { liveness, readiness } = container
  if (liveness?.kind !== 'httpGet' || liveness.path === undefined) return undefined
  if (readiness && handlerOf(container, readiness) === handlerOf(container, liveness)) return undefined
  const path = liveness.path.replace(/\?.*$/, '')
  const isReadiness =
    aggregate.test(path) || (answersProbes(container) && path === pathOf(container, 'readyz'))
  if (!isReadiness) return pass
  return fail({
    at: liveness.handler?.get('path')?.place ?? liveness.at,
    computed: `livenessProbe: GET ${path}`,
    message: 'liveness asks for what depends on others: when a database is away, every replica is restarted',
    edits: replaceHandler(container, liveness, 'livez'),
  })
}

function checkStart({ liveness, startup, workload }: Container): Outcomes {
  if (liveness === undefined || workload.platform !== 'kubernetes') return undefined
  if (startup || !isKnown(liveness.initialDelay) || liveness.initialDelay.value < 15) return pass
  const { value, at } = liveness.initialDelay
  return fail({
    at,
    computed: `initialDelaySeconds ${value}, no startupProbe`,
    message: `for ${value} s nobody notices that it hangs, and a start that takes longer is killed`,
  })
}

/** Rules about which probes there are, and what they ask. */
export const presenceRules = [
  rule({
    id: 'K01',
    name: 'no-readiness-probe',
    severity: 'error',
    subject: 'container',
    check: checkReadiness,
    why: 'A container without a readiness probe counts as ready as soon as it runs. A Service sends it requests before it listens, in every roll-out, and whenever it is restarted.',
    fix: 'Add a readinessProbe with httpGet or grpc; lameduck answers on /readyz.',
    sources: [sources.probes],
  }),
  rule({
    id: 'K02',
    name: 'tcp-readiness',
    severity: 'error',
    subject: 'container',
    check: checkTcp,
    why: 'A TCP probe is content with an open port, even if the connection is closed at once. It is green while start-up tasks still run and green while the process drains.',
    fix: 'Ask with httpGet (/readyz) or grpc (service readiness).',
    sources: [sources.probes],
  }),
  rule({
    id: 'K03',
    name: 'readiness-equals-liveness',
    severity: 'warning',
    subject: 'container',
    check: checkEqual,
    why: 'Not ready means: wait. Not alive means: kill. One answer for both kills a process that only needs to be waited for. On deletion the kubelet stops liveness probes by itself; restarts, and other orchestrators, do not.',
    fix: 'Let liveness ask /livez and readiness /readyz.',
    sources: [sources.probes, sources.podTermination],
  }),
  rule({
    id: 'K04',
    name: 'liveness-on-dependency-path',
    severity: 'warning',
    subject: 'container',
    check: checkLivenessPath,
    why: 'A readiness path fails when something that the service depends on is away. Liveness that asks it restarts all replicas at once, which mends nothing and loses what they had in flight.',
    fix: 'Let liveness ask /livez, which depends on nothing but the process.',
    sources: [sources.probes],
  }),
  rule({
    id: 'K06',
    name: 'initialdelay-instead-of-startup',
    severity: 'warning',
    subject: 'container',
    check: checkStart,
    why: 'A long initialDelaySeconds is a guess at how long a start takes: too short, and a slow start is killed again and again; too long, and a hang goes unnoticed.',
    fix: 'Add a startupProbe (/startupz), and drop initialDelaySeconds: the other probes wait for it.',
    sources: [sources.probes],
  }),
]
