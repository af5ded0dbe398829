import { inSeconds } from '../../budget/drain.js'
import { replaceScalar } from '../../fix/yaml-edits.js'
import { isKnown } from '../../model/fact.js'
import type { Container } from '../../project/container.js'
import { fail, type Outcomes, pass, rule, unseen } from '../rule.js'
import { sources } from '../sources.js'
import type { Context } from '../subjects.js'

const isOnKubernetes = ({ workload }: Container) => workload.platform === 'kubernetes'

/** The grace period's own line, else the workload's. */
const graceAt = ({ workload }: Container) => workload.grace.at

/** The time before SIGTERM: 0 without a hook; nothing, if it is not known. */
function preStopTime({ preStop }: Container): number | undefined {
  if (preStop === undefined) return 0
  return isKnown(preStop.time) ? preStop.time.value : undefined
}

/** The least that is kept between the end and SIGKILL where no plan says so. */
const leastMargin = 2000

function checkGrace(container: Container, { longestRequest }: Context): Outcomes {
  const { workload, drain } = container
  const { grace } = workload
  if (!isOnKubernetes(container) || workload.isJob || (isKnown(grace) && grace.value === 0)) return undefined
  const at = graceAt(container)
  if (!isKnown(grace))
    return unseen({ at, computed: '? ≥ preStop + window + requests + hooks', message: grace.unknown })
  const before = preStopTime(container)
  if (drain.problem) return undefined
  // That preStop takes all of it has a rule of its own (K24).
  if (drain.plan === undefined && before !== undefined && before >= grace.value - leastMargin)
    return undefined
  if (drain.plan === undefined || before === undefined) return withoutPlan(container, before, longestRequest)
  const { window, hooks, margin, linger } = drain.plan
  const requests = longestRequest === undefined ? undefined : Math.max(longestRequest, linger)
  const terms: [string, number | undefined][] = [
    ['preStop', before],
    ['window', window.max],
    ['requests', requests],
    ['hooks', hooks],
    ['margin', margin],
  ]
  const known = terms.filter(
    (term): term is [string, number] => term[1] !== undefined && (term[1] > 0 || term[0] === 'window'),
  )
  const sum = known.reduce((total, [, value]) => total + value, 0)
  if (grace.value >= sum) return pass
  const needed = Math.ceil(sum / 1000)
  const written = workload.podSpec.get('terminationGracePeriodSeconds')
  return fail({
    at,
    computed: `${inSeconds(grace.value)} < ${known.map(([, value]) => inSeconds(value)).join(' + ')}`,
    message: `the grace period is shorter than ${known.map(([name, value]) => `${name} ${inSeconds(value)} s`).join(' + ')} = ${inSeconds(sum)} s: SIGKILL comes in the middle of it`,
    fix: `Set terminationGracePeriodSeconds to at least ${needed}${drain.asked ? '' : ` and LAMEDUCK_GRACE_PERIOD to ${needed * 1000 - before}`}, or tell lameduck what is left by LAMEDUCK_GRACE_PERIOD.`,
    edits: written?.number === undefined ? undefined : replaceScalar(written, String(needed)),
  })
}

function withoutPlan(
  container: Container,
  before: number | undefined,
  longest: number | undefined,
): Outcomes {
  const { grace } = container.workload
  const at = graceAt(container)
  if (!isKnown(grace)) return undefined
  const least = (before ?? 0) + (longest ?? 0) + leastMargin
  const terms = [
    ['preStop', before ?? 0],
    ['longest request', longest ?? 0],
    ['margin', leastMargin],
  ] as const
  const shown = terms.filter(([, value]) => value > 0)
  if (longest !== undefined && grace.value < least) {
    return fail({
      at,
      computed: `${inSeconds(grace.value)} < ${shown.map(([, value]) => inSeconds(value)).join(' + ')}`,
      message: `the grace period is shorter than ${shown.map(([name, value]) => `${name} ${inSeconds(value)} s`).join(' + ')}`,
    })
  }
  if (longest !== undefined && before !== undefined && container.drain.ending === 'none') return pass
  return unseen({
    at,
    computed: `${inSeconds(grace.value)} ≥ ${before === undefined ? '? (preStop)' : inSeconds(before)} + ? + 2`,
    message:
      before === undefined
        ? `how long preStop takes is not known: ${container.preStop && 'unknown' in container.preStop.time ? container.preStop.time.unknown : ''}`
        : `${inSeconds(grace.value - before)} s are left from SIGTERM on, and how long the service takes to drain is not known`,
    fix: 'Say it: --longest-request 30s, or LAMEDUCK_GRACE_PERIOD in the environment where lameduck drains it.',
  })
}

function checkZero({ workload, liveness, startup }: Container): Outcomes {
  const { grace } = workload
  if (workload.platform !== 'kubernetes') return undefined
  const found = []
  if (isKnown(grace) && grace.value === 0) {
    found.push(
      fail({
        at: grace.at,
        computed: 'terminationGracePeriodSeconds: 0',
        message: 'the pod is killed at once: no preStop, no SIGTERM to speak of',
      }),
    )
  }
  for (const probe of [liveness, startup]) {
    const tree = probe?.tree.get('terminationGracePeriodSeconds')
    if (tree?.number !== undefined && tree.number <= 2) {
      found.push(
        fail({
          at: tree.place,
          computed: `terminationGracePeriodSeconds: ${tree.number}`,
          message: 'when this probe fails, the container is killed almost at once',
        }),
      )
    }
  }
  return found.length > 0 ? found : pass
}

function checkVariable(container: Container): Outcomes {
  const { drain, workload } = container
  const { asked } = drain
  if (asked === undefined || workload.isJob || drain.problem) return undefined
  const { name, fact } = asked
  const before = preStopTime(container)
  const { grace } = workload
  if (!isKnown(fact)) return unseen({ at: fact.at, computed: `${name} = ?`, message: fact.unknown })
  if (!isKnown(grace))
    return unseen({ at: fact.at, computed: `${inSeconds(fact.value)} ≤ ?`, message: grace.unknown })
  if (before === undefined)
    return unseen({
      at: fact.at,
      computed: `${inSeconds(fact.value)} ≤ ${inSeconds(grace.value)} − ?`,
      message: 'how long preStop takes is not known',
    })
  const available = Math.max(grace.value - before, leastMargin)
  if (fact.value === available) return pass
  const isLonger = fact.value > available
  const figures = before > 0 ? `${inSeconds(grace.value)} − ${inSeconds(before)}` : inSeconds(grace.value)
  return fail({
    severity: isLonger ? 'error' : 'warning',
    at: fact.at,
    computed: `${inSeconds(fact.value)} ${isLonger ? '>' : '<'} ${figures}`,
    message: isLonger
      ? `lameduck plans for ${inSeconds(fact.value)} s, and SIGKILL comes after ${inSeconds(available)} s`
      : `lameduck plans for ${inSeconds(fact.value)} s, and leaves ${inSeconds(available - fact.value)} s of its grace period unused`,
    fix: `Set ${name} to ${available} (grace period − preStop, in ms).`,
    edits: undefined,
  })
}

/** Rules about the grace period. */
export const budgetRules = [
  rule({
    id: 'K20',
    name: 'grace-too-short',
    severity: 'error',
    subject: 'container',
    check: checkGrace,
    why: 'terminationGracePeriodSeconds starts before preStop and ends with SIGKILL. preStop, the window, the requests in flight, the hooks and a margin have to fit into it; what does not is cut.',
    fix: 'Raise terminationGracePeriodSeconds, or shorten what is in it.',
    sources: [sources.podTermination, sources.drain],
  }),
  rule({
    id: 'K21',
    name: 'grace-zero',
    severity: 'error',
    subject: 'container',
    forAll: true,
    check: checkZero,
    why: 'With a grace period of 0 there is no preStop, and SIGKILL comes at once.',
    fix: 'Leave it out (30 s), or set what the service needs.',
    sources: [sources.podTermination, sources.probes],
  }),
  rule({
    id: 'K28',
    name: 'env-vs-manifest',
    severity: 'error',
    subject: 'container',
    check: checkVariable,
    why: 'No API tells a process its grace period, so lameduck believes LAMEDUCK_GRACE_PERIOD. If that is more than terminationGracePeriodSeconds − preStop, it is killed in the middle of its plan; if it is less, requests are cut early for nothing.',
    fix: 'Set LAMEDUCK_GRACE_PERIOD to (terminationGracePeriodSeconds − preStop) × 1000.',
    sources: [sources.options],
  }),
]
