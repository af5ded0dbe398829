import { inSeconds } from '../../budget/drain.js'
import { isKnown } from '../../model/fact.js'
import type { Container } from '../../project/container.js'
import { fail, type Outcomes, pass, rule, unseen } from '../rule.js'
import { sources } from '../sources.js'
import type { Context } from '../subjects.js'

const isKnative = ({ workload }: Container) => workload.platform === 'knative'

/** queue-proxy waits this long for quiet before the service hears SIGTERM. */
const quietPeriod = 30_000

function checkTimeout(container: Container, { longestRequest }: Context): Outcomes {
  if (!isKnative(container)) return undefined
  const { grace } = container.workload
  if (!isKnown(grace)) return unseen({ at: grace.at, computed: 'timeoutSeconds ?', message: grace.unknown })
  if (longestRequest === undefined) {
    if (grace.isDefault) return pass
    const least = quietPeriod
    if (grace.value > least) return pass
    return fail({
      at: grace.at,
      computed: `${inSeconds(grace.value)} ≤ 30`,
      message: 'queue-proxy waits for 30 s of quiet first: nothing is left for requests in flight',
    })
  }
  const needed = longestRequest + quietPeriod
  if (grace.value >= needed) return pass
  return fail({
    at: grace.at,
    computed: `${inSeconds(grace.value)} < ${inSeconds(longestRequest)} + 30`,
    message: `timeoutSeconds is the grace period of the pod, and queue-proxy waits for 30 s of quiet first: the longest request (${inSeconds(longestRequest)} s) ends with an EOF`,
  })
}

function checkField(container: Container, name: string, message: string): Outcomes {
  if (!isKnative(container)) return undefined
  const tree =
    name === 'terminationGracePeriodSeconds'
      ? container.workload.podSpec.get(name)
      : container.tree.get('lifecycle', 'preStop')
  return tree === undefined ? pass : fail({ at: tree.place, computed: name, message })
}

function checkReadiness(container: Container): Outcomes {
  if (!isKnative(container) || container.readiness === undefined) return undefined
  if (container.readiness.kind !== 'exec') return pass
  return fail({
    at: container.readiness.at,
    computed: 'exec',
    message: 'queue-proxy asks for readiness, and cannot run a program in your container',
  })
}

function checkCloudRun({ workload, drain, at }: Container): Outcomes {
  if (workload.platform !== 'cloud-run' || drain.problem) return undefined
  const asked = drain.asked && isKnown(drain.asked.fact) ? drain.asked.fact : undefined
  const planned = asked?.value ?? drain.plan?.gracePeriod
  if (planned === undefined) return undefined
  if (planned <= 10_000) return pass
  return fail({
    at: asked?.at ?? at,
    computed: `${inSeconds(planned)} > 10`,
    message: 'Cloud Run kills an instance 10 s after SIGTERM, and that cannot be changed',
  })
}

/** Rules about Knative and Cloud Run. */
export const knativeRules = [
  rule({
    id: 'N01',
    name: 'kn-timeout-lt-request',
    severity: 'error',
    subject: 'container',
    check: checkTimeout,
    why: 'On Knative timeoutSeconds is the grace period. queue-proxy first waits until 30 s have passed without a request; what is in flight then has what is left.',
    fix: 'timeoutSeconds: the longest request + 30 (at most max-revision-timeout-seconds, 600).',
    sources: [sources.knative],
  }),
  rule({
    id: 'N02',
    name: 'kn-grace-ignored',
    severity: 'warning',
    subject: 'container',
    check: (container) =>
      checkField(
        container,
        'terminationGracePeriodSeconds',
        'Knative overwrites it with timeoutSeconds: it has no effect',
      ),
    why: 'Knative sets the grace period of its pods to timeoutSeconds, whatever the template says.',
    fix: 'Set timeoutSeconds.',
    sources: [sources.knative],
  }),
  rule({
    id: 'N03',
    name: 'kn-own-prestop',
    severity: 'warning',
    subject: 'container',
    check: (container) =>
      checkField(container, 'preStop', 'Knative overwrites it with its own hook: it has no effect'),
    why: 'Knative gives every container a preStop hook that waits for queue-proxy, in place of yours.',
    fix: 'Leave it out: the platform already waits.',
    sources: [sources.knative],
  }),
  rule({
    id: 'N05',
    name: 'kn-exec-readiness',
    severity: 'warning',
    subject: 'container',
    check: checkReadiness,
    why: 'Readiness is asked by queue-proxy, from its own container, which cannot run your program.',
    fix: 'httpGet or grpc.',
    sources: [sources.knative],
  }),
  rule({
    id: 'R01',
    name: 'cloud-run-plan',
    severity: 'error',
    subject: 'container',
    check: checkCloudRun,
    why: 'Cloud Run kills an instance 10 s after SIGTERM.',
    fix: 'Leave gracePeriod to the preset, or set at most 10 s.',
    sources: [sources.cloudRun],
  }),
]
