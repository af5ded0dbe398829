import { abortTime, lastWords, marginOf } from './budget.js'
import type { Platform } from './platform.js'
import type { Settings } from './settings.js'

/** Every slice of the grace period, in milliseconds. */
export interface Plan {
  /** The platform whose promises the defaults follow. */
  readonly platform: Platform
  /** From the trigger to the platform's SIGKILL. */
  readonly gracePeriod: number
  /** Kept between our exit and the platform's SIGKILL. */
  readonly margin: number
  /** The lame-duck window, from the trigger. */
  readonly window: { readonly min: number; readonly max: number; readonly adaptive: boolean }
  /** What idle connections get after the window. */
  readonly linger: number
  /** Time that handlers get to answer once `cutoff` has aborted. */
  readonly abort: number
  /** Kept for hooks and the framework's own close. */
  readonly hooks: number
  /** After the trigger: `cutoff` aborts. */
  readonly cutoff: number
  /** After the trigger: what is left is ended by force. */
  readonly force: number
  /** After the trigger: the process is gone. */
  readonly deadline: number
  /** The same points on the clock, once draining has begun. */
  readonly at?: Anchors
}

/** Points of a drain, in Unix milliseconds. */
export interface Anchors {
  readonly trigger: number
  /** When the window ends at the latest, unless traffic is still routed here then. */
  readonly windowEnd: number
  readonly cutoff: number
  readonly force: number
  readonly deadline: number
}

/** What the plan depends on besides the settings. */
export interface PlanInput {
  /** There are hooks to run, or a framework to close. */
  readonly hasHooks: boolean
  /** Somebody may still route traffic here, and idle clients may hold connections. */
  readonly window: boolean
  readonly linger: boolean
  /** A shorter grace period than this lifecycle's own: a crash's, or that of another lifecycle of the process. */
  readonly limit?: number | undefined
}

/**
 * Divides the grace period. Pure: the same settings and input give the same plan.
 *
 * A window that nobody asked for by name never takes more than half of what hooks and margin leave: `min` and `max`
 * are scaled by one factor. What was asked for by name is kept as it is, unless somebody else's `limit` is shorter than
 * the grace period it was chosen for.
 */
export function makePlan(settings: Settings, input: PlanInput): Plan {
  const gracePeriod = Math.min(settings.gracePeriod, input.limit ?? Number.POSITIVE_INFINITY)
  const margin = marginOf(gracePeriod)
  const deadline = gracePeriod - margin
  const abort = abortTime(gracePeriod)
  const isWhole = gracePeriod === settings.gracePeriod
  const askedFor =
    (isWhole && settings.explicit.window && input.window ? settings.window.max : 0) +
    (isWhole && settings.explicit.linger && input.linger ? settings.linger : 0)
  const hooksByDefault = Math.min(gracePeriod * 0.15, 4000, Math.max(0, deadline - abort - askedFor))
  const hookBudget = isWhole
    ? settings.hookBudget
    : Math.min(settings.hookBudget ?? hooksByDefault, hooksByDefault)
  const hooks = input.hasHooks ? (hookBudget ?? hooksByDefault) : 0
  const force = deadline - Math.max(hooks, lastWords(gracePeriod))
  const cutoff = force - abort

  const { min, max } = settings.window
  const half = (deadline - hooks) / 2
  const isScaled = !(isWhole && settings.explicit.window)
  const scale = isScaled && max > half ? half / max : 1
  const window = input.window
    ? { min: min * scale, max: Math.min(max * scale, cutoff), adaptive: settings.adaptive }
    : { min: 0, max: 0, adaptive: false }

  return {
    platform: settings.platform,
    gracePeriod,
    margin,
    window,
    linger: input.linger ? Math.min(settings.linger, cutoff - window.max) : 0,
    abort,
    hooks,
    cutoff,
    force,
    deadline,
  }
}

/** The plan with its points on the clock, for a drain that begins at `trigger`. */
export function anchor(plan: Plan, trigger: number): Plan & { readonly at: Anchors } {
  return {
    ...plan,
    at: {
      trigger,
      windowEnd: trigger + plan.window.max,
      cutoff: trigger + plan.cutoff,
      force: trigger + plan.force,
      deadline: trigger + plan.deadline,
    },
  }
}

/** The points of a drain that has to be over by `deadline` now, with the slices of `plan` before it. None moves back. */
export function moveUp(at: Anchors, plan: Plan, deadline: number): Anchors {
  const end = Math.min(at.deadline, deadline)
  const cutoff = Math.min(at.cutoff, end - (plan.deadline - plan.cutoff))
  return {
    trigger: at.trigger,
    windowEnd: Math.min(at.windowEnd, cutoff),
    cutoff,
    force: Math.min(at.force, end - (plan.deadline - plan.force)),
    deadline: end,
  }
}

/** The points of a drain whose work is cut at `point`, if that is earlier; handlers are told a little before. */
export function cutEarlier(at: Anchors, abort: number, now: number, point: number): Anchors {
  const notice = Math.min(abort, Math.max(0, point - now) * 0.05)
  const cutoff = Math.min(at.cutoff, point - notice)
  return { ...at, windowEnd: Math.min(at.windowEnd, cutoff), cutoff, force: Math.min(at.force, point) }
}
