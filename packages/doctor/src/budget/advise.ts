import { makePlan, type Plan, resolveSettings } from '@lameduck/core/plan'
import type { Drain } from './drain.js'
import { inSeconds } from './drain.js'
import { shareTurnedAway } from './simulate.js'
import type { Timeline } from './timeline.js'
import type { TrafficText } from './traffic.js'

const oneInAThousand = 0.001

/** The plan that lameduck would make with a window of exactly this length, if it fits. */
function planWith(delay: number, gracePeriod: number, { settings }: Drain): Plan | undefined {
  if (settings === undefined) return undefined
  try {
    const options = {
      shutdownDelay: delay,
      gracePeriod,
      linger: settings.linger,
      platform: settings.platform,
    }
    const other = resolveSettings(options, { env: {}, isTerminal: false, isContainer: true })
    return makePlan(other, { hasHooks: true, window: true, linger: true })
  } catch {
    return undefined
  }
}

/** The shortest window, in whole seconds, that turns somebody away in less than one drain of a thousand. */
function shortestWindow(traffic: TrafficText, drain: Drain, gracePeriod: number): number | undefined {
  const isEnough = (seconds: number) => {
    const plan = planWith(seconds * 1000, gracePeriod, drain)
    return plan !== undefined && shareTurnedAway(plan, traffic) < oneInAThousand
  }
  let [low, high] = [0, Math.ceil(traffic.balancer / 1000) + 1]
  if (!isEnough(high)) return undefined
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (isEnough(middle)) high = middle
    else low = middle + 1
  }
  return low
}

const inPercent = (share: number) =>
  share === 0 ? 'none' : share < 0.0005 ? 'under 0.1 %' : `${(share * 100).toFixed(1)} %`

/** What share of drains would turn somebody away, and which setting would mend it. */
export function adviseOn({ name, drain }: Timeline, traffic: TrafficText): string {
  const { plan } = drain
  if (plan === undefined)
    return `${name}: what it does at SIGTERM is not known, so nothing can be said about its drains\n`
  const share = shareTurnedAway(plan, traffic)
  const found = `${name}: ${inPercent(share)} of its drains would turn somebody away`
  if (share < oneInAThousand) return `${found}\n`
  const grace = plan.gracePeriod
  const window = shortestWindow(traffic, drain, grace)
  if (window !== undefined)
    return `${found}; LAMEDUCK_SHUTDOWN_DELAY=${window}s brings it under one in a thousand\n`
  const longer = grace + traffic.balancer
  const better = shortestWindow(traffic, drain, longer)
  return better === undefined
    ? `${found}; no window mends that\n`
    : `${found}; a grace period of ${inSeconds(longer)} s with LAMEDUCK_GRACE_PERIOD=${longer} and LAMEDUCK_SHUTDOWN_DELAY=${better}s brings it under one in a thousand\n`
}
