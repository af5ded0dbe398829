import { createRateMeter, newcomersEnd, type Plan, timeForTheLast, windowEnd } from '@lameduck/core/plan'
import type { TrafficText } from './traffic.js'

/** What a drain meets; as a description has it, but for the balancer's delay, which is one drain's own. */
export interface Circumstances {
  readonly rate: number
  readonly connections: number
  /** From the trigger until nobody is routed here any more, in milliseconds. */
  readonly delay: number
}

/** A generator that gives the same numbers from 0 to 1 for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

const minute = 65_000

/** The rate that lameduck's own meter tells after a minute of random requests; beyond a few a second it is as good as the rate. */
function measuredRate(rate: number, random: () => number): number {
  if (rate > 10) return rate
  const meter = createRateMeter(0)
  const gap = () => (-Math.log(1 - random()) * 1000) / rate
  for (let now = gap(); now < minute; now += gap()) meter.count(now)
  return meter.perSecond(minute)
}

/**
 * One drain: its listener closes when lameduck's own functions say so. Connections that were kept alive are gone after their
 * first request; who comes anew after the listener has closed, while the balancer still routes here, is turned away.
 */
class Drain {
  private kept: number
  private lastArrival: number | undefined
  private lastEvent = 0
  private windowOver: number | undefined
  private closed: number | undefined
  private over: number | undefined
  private readonly rate: number
  private readonly latest: number

  private readonly plan: Plan
  private readonly met: Circumstances
  private readonly random: () => number

  constructor(plan: Plan, met: Circumstances, random: () => number) {
    this.plan = plan
    this.met = met
    this.random = random
    this.kept = met.connections
    this.rate = measuredRate(met.rate, random)
    this.latest = plan.cutoff - plan.linger - timeForTheLast
  }

  private seen() {
    const { connections } = this.met
    return {
      rate: this.rate,
      gone: connections > 0 ? 1 - this.kept / connections : 1,
      lastArrival: this.lastArrival,
    }
  }

  private advanceTo(now: number): void {
    const window = windowEnd(this.plan.window, 0, this.seen(), this.latest)
    if (window <= now) this.windowOver ??= Math.max(window, this.lastEvent)
    if (this.windowOver === undefined) return
    const idleUntil = this.kept > 0 ? this.windowOver + this.plan.linger : this.lastEvent
    const newcomers = newcomersEnd(this.plan.window, this.windowOver, this.seen(), this.latest)
    const openUntil = Math.max(idleUntil, newcomers)
    if (openUntil <= now) this.closed ??= Math.max(openUntil, this.windowOver)
    if (this.closed !== undefined && idleUntil <= now) this.over ??= Math.max(idleUntil, this.closed)
  }

  /** Whether somebody was turned away. */
  turnsSomebodyAway(): boolean {
    const { rate, connections, delay } = this.met
    for (let now = this.gap(rate); ; now += this.gap(rate)) {
      const isKept = connections > 0 && this.random() * connections < this.kept
      this.advanceTo(now)
      if (now >= delay) return false
      if (!isKept && this.closed !== undefined) return true
      this.lastEvent = now
      if (isKept) this.kept--
      else if (this.closed === undefined) this.lastArrival = now
    }
  }

  private gap(rate: number): number {
    return (-Math.log(1 - this.random()) * 1000) / rate
  }
}

/** How many drains are tried: fewer where each is long, never too few to tell one in a thousand from none. */
const trialsFor = ({ rate, balancer }: TrafficText) =>
  Math.round(Math.min(10_000, Math.max(2000, 20_000_000 / (rate * (balancer + 1000)))))

/** The share of drains that turn somebody away, with a delay of the balancer's that is different each time. */
export function shareTurnedAway(plan: Plan, traffic: TrafficText, trials = trialsFor(traffic)): number {
  const random = seeded(1)
  let turned = 0
  for (let i = 0; i < trials; i++) {
    const delay = random() * traffic.balancer
    if (new Drain(plan, { ...traffic, delay }, random).turnsSomebodyAway()) turned++
  }
  return turned / trials
}

/** The same for balancers that always take as long. */
export function shareAtDelay(plan: Plan, met: Circumstances, trials: number): number {
  const random = seeded(1)
  const drains = Array.from({ length: trials }, () => new Drain(plan, met, random).turnsSomebodyAway())
  return drains.filter(Boolean).length / trials
}
