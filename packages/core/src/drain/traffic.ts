import type { Clock } from '../clock.js'
import type { anchor } from '../options/plan.js'
import { newcomersEnd, type Traffic, timeForTheLast, windowEnd } from './window.js'

/** What is asked about the servers. */
interface WatchedServers {
  rate(): number
  readonly kept: number
}

/** Watches whether traffic is still routed here, from the trigger on. */
export function watchTraffic(clock: Clock, servers: WatchedServers, plan: () => ReturnType<typeof anchor>) {
  const { trigger } = plan().at
  const rate = servers.rate()
  let lastArrival: number | undefined
  let found = 0
  /** What has been seen so far. Nobody there at the trigger: every request comes on a connection of its own. */
  const seen = (): Traffic => ({ rate, gone: found > 0 ? 1 - servers.kept / found : 1, lastArrival })
  /** Idle connections get their linger after it. */
  const latest = () => plan().at.cutoff - plan().linger - timeForTheLast
  return {
    /** The servers have counted whom they had at the trigger. */
    begin() {
      found = servers.kept
    },
    /** Somebody who is no probe has connected anew. */
    arrived() {
      lastArrival = clock.now()
    },
    /** As {@link windowEnd}, by what has been seen so far. */
    windowEnd: () => windowEnd(plan().window, trigger, seen(), latest()),
    /** As {@link newcomersEnd}, likewise. */
    newcomersEnd: (began: number) =>
      plan().linger > 0 ? newcomersEnd(plan().window, began, seen(), latest()) : began,
  }
}
