import { type Drain, inSeconds } from '../../budget/drain.js'
import type { Deployed, DeployedKind } from '../../deployed/deployed.js'
import { isKnown } from '../../model/fact.js'
import { fail, type Outcomes, pass, unseen } from '../rule.js'
import type { Context } from '../subjects.js'

/** How a platform is asked about its grace period. */
export interface GraceQuestion {
  readonly kind: DeployedKind
  /** What the setting is called there. */
  readonly setting: string
  /** The most that the platform grants, in milliseconds. */
  readonly most?: (deployed: Deployed) => number | undefined
  /** The preset follows the platform's own figure: only a longer plan is a fault. */
  readonly presetFollows?: boolean
}

const leastMargin = 2000

type Figures = { readonly planned: number; readonly granted: number; readonly by: string }

function longer(
  { grace, drain }: Deployed,
  { planned, granted, by }: Figures,
  { setting }: GraceQuestion,
): Outcomes {
  const isDefault = isKnown(grace) && grace.isDefault
  return fail({
    at: askedAt(drain) ?? grace.at,
    computed: `${inSeconds(planned)} > ${inSeconds(granted)}`,
    message: `lameduck plans for ${inSeconds(planned)} s${by}, and SIGKILL comes after ${inSeconds(granted)} s${isDefault ? `, the default of ${setting}` : ''}`,
  })
}

function shorter({ grace, drain }: Deployed, { planned, granted, by }: Figures): Outcomes {
  return fail({
    severity: 'warning',
    at: askedAt(drain) ?? grace.at,
    computed: `${inSeconds(planned)} < ${inSeconds(granted)}`,
    message: `lameduck plans for ${inSeconds(planned)} s${by}, and would have ${inSeconds(granted)} s: requests are cut for nothing`,
    fix: `Set LAMEDUCK_GRACE_PERIOD to ${granted}.`,
  })
}

const askedAt = ({ asked }: Drain) => (asked && isKnown(asked.fact) ? asked.fact.at : undefined)

/** Compares a platform's grace period with what the process plans for. */
export function checkGrace(deployed: Deployed, context: Context, question: GraceQuestion): Outcomes {
  const { grace, drain, kind } = deployed
  if (kind !== question.kind || drain.problem) return undefined
  if (!isKnown(grace))
    return unseen({ at: grace.at, computed: `${question.setting} = ?`, message: grace.unknown })
  const most = question.most?.(deployed) ?? Number.POSITIVE_INFINITY
  if (grace.value > most) {
    return fail({
      at: grace.at,
      computed: `${inSeconds(grace.value)} > ${inSeconds(most)}`,
      message: `the platform grants ${inSeconds(most)} s at most, and refuses more`,
    })
  }
  if (drain.plan === undefined) return withoutPlan(deployed, context.longestRequest, question)
  const by = drain.asked ? '' : ` (its preset for ${drain.platform})`
  const figures = { planned: drain.plan.gracePeriod, granted: grace.value, by }
  if (figures.planned > figures.granted) return longer(deployed, figures, question)
  const isShorter = figures.planned < figures.granted && Number.isFinite(figures.granted)
  if (isShorter && !question.presetFollows) return shorter(deployed, figures)
  return inFlight(deployed, context.longestRequest, question) ?? pass
}

function inFlight(
  { drain, grace }: Deployed,
  longest: number | undefined,
  { setting }: GraceQuestion,
): Outcomes {
  const { plan } = drain
  if (plan === undefined || longest === undefined || !isKnown(grace)) return undefined
  const sum = plan.window.max + longest + plan.hooks + plan.margin
  if (sum <= plan.gracePeriod) return undefined
  const terms = [plan.window.max, longest, plan.hooks, plan.margin].filter((each) => each > 0)
  return fail({
    at: grace.at,
    computed: `${inSeconds(plan.gracePeriod)} < ${terms.map(inSeconds).join(' + ')}`,
    message: `the longest request (${inSeconds(longest)} s) does not fit beside window, hooks and margin: raise ${setting} and LAMEDUCK_GRACE_PERIOD`,
  })
}

function withoutPlan(
  { grace, drain }: Deployed,
  longest: number | undefined,
  { setting }: GraceQuestion,
): Outcomes {
  if (!isKnown(grace)) return undefined
  if (longest !== undefined && longest + leastMargin > grace.value) {
    return fail({
      at: grace.at,
      computed: `${inSeconds(grace.value)} < ${inSeconds(longest)} + 2`,
      message: `the longest request and a margin do not fit into ${setting}${grace.isDefault ? ', which has its default' : ''}`,
    })
  }
  if (longest !== undefined && drain.ending === 'none') return pass
  return unseen({
    at: grace.at,
    computed: `${inSeconds(grace.value)} ≥ ?`,
    message: `${setting} is ${inSeconds(grace.value)} s${grace.isDefault ? ' (the default)' : ''}, and how long the service takes to drain is not known`,
    fix: 'Say it: --longest-request 30s, or LAMEDUCK_GRACE_PERIOD where lameduck drains it.',
  })
}
