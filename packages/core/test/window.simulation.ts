import { createRateMeter } from '../src/drain/rate.js'
import { newcomersEnd, windowEnd } from '../src/drain/window.js'
import { makePlan } from '../src/options/plan.js'
import { resolveSettings } from '../src/options/settings.js'

/** What the adaptive window could be made of; times are milliseconds. */
export interface Constants {
  readonly min: number
  readonly max: number
  /** Quiet is this many mean times between requests, */
  readonly meansOfSilence: number
  /** but at least this long. */
  readonly leastQuiet: number
  /** Expects new connections only for the share of the kept-alive ones that is gone. */
  readonly discountsKept: boolean
  /** Keeps the listener open while idle connections linger. */
  readonly lingersOpen: boolean
}

export const present: Constants = {
  min: 5000,
  max: 10_000,
  meansOfSilence: 8,
  leastQuiet: 3000,
  discountsKept: true,
  lingersOpen: true,
}
/** Those of the first decision. */
export const earlier: Constants = {
  ...present,
  meansOfSilence: 5,
  leastQuiet: 2000,
  discountsKept: false,
  lingersOpen: false,
}

/** What a drain meets. */
export interface Circumstances {
  /** Requests per second. */
  readonly rate: number
  /** From the trigger until nobody is routed here any more, in milliseconds. */
  readonly delay: number
  /**
   * Connections that clients keep alive. The first request on each is no sign of routing; it is answered with
   * `Connection: close`, so that every later one is a new connection. 0: each request is one.
   */
  readonly pool: number
}

/** How many drains did what. */
export interface Outcome {
  /** The share that closed the listener before the balancer had left. */
  readonly early: number
  /** The share that turned somebody away by that. */
  readonly refused: number
  /** How long the listener was open, on average, and the time that 95 % do not exceed, in milliseconds. */
  readonly open: number
  readonly longOpen: number
  /** Until idle connections were closed as well, or none was left, on average. */
  readonly drain: number
}

/** A small generator that gives the same numbers for the same seed, from 0 to 1 (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

const kubernetes = makePlan(
  resolveSettings({ platform: 'kubernetes' }, { env: {}, isTerminal: false, isContainer: false }),
  { hasHooks: true, window: true, linger: true },
)
/** The latest point that the window of a drain on Kubernetes with `onStop` functions can be extended to. */
export const latest = kubernetes.cutoff - kubernetes.linger - 1000

/** What has been seen of the traffic at some point of a drain. */
export interface Seen {
  readonly rate: number
  readonly gone: number
  readonly lastArrival: number | undefined
}

/**
 * The real functions, for any constants: their own are changed by measuring time in another unit, and their means of
 * silence by another rate.
 */
export function endsWith(constants: Constants, { rate, gone, lastArrival }: Seen) {
  const unit = constants.leastQuiet / present.leastQuiet
  const plan = { min: constants.min / unit, max: constants.max / unit, adaptive: true }
  const traffic = {
    rate: (rate * unit * present.meansOfSilence) / constants.meansOfSilence,
    gone: constants.discountsKept ? gone : 1,
    lastArrival: lastArrival === undefined ? undefined : lastArrival / unit,
  }
  return {
    window: windowEnd(plan, 0, traffic, latest / unit) * unit,
    newcomersFrom: (began: number) => newcomersEnd(plan, began / unit, traffic, latest / unit) * unit,
  }
}

const minute = 65_000

/** The rate as a real meter tells it after a minute of random requests. */
function measuredRate(rate: number, random: () => number): number {
  // Beyond a few requests per second the estimate is as good as the rate.
  if (rate > 10) return rate
  const meter = createRateMeter(0)
  const gap = () => (-Math.log(1 - random()) * 1000) / rate
  for (let now = gap(); now < minute; now += gap()) meter.count(now)
  return meter.perSecond(minute)
}

/** The requests that come one by one: whether each opens a connection, and how many are kept alive after it. */
function* requests({ rate, pool }: Circumstances, random: () => number) {
  let kept = pool
  let now = 0
  while (true) {
    now += (-Math.log(1 - random()) * 1000) / rate
    const isKept = random() * pool < kept
    if (isKept) kept--
    yield { now, connects: !isKept, kept }
  }
}

/** One drain: when its listener closes, when nothing is left to wait for, and whether somebody came between who was still routed here. */
function drainOnce(constants: Constants, circumstances: Circumstances, random: () => number) {
  const { delay, pool } = circumstances
  const rate = measuredRate(circumstances.rate, random)
  let lastArrival: number | undefined
  let kept = pool
  let windowOver: number | undefined
  let closed: number | undefined
  let over: number | undefined

  let lastEvent = 0
  const ends = () => endsWith(constants, { rate, gone: pool > 0 ? 1 - kept / pool : 1, lastArrival })
  const lingerOn = (windowOver: number, now: number) => {
    const idleUntil = kept > 0 ? windowOver + kubernetes.linger : lastEvent
    const openUntil = constants.lingersOpen
      ? Math.max(idleUntil, ends().newcomersFrom(windowOver))
      : windowOver
    if (openUntil <= now) closed ??= Math.max(openUntil, windowOver)
    if (closed !== undefined && idleUntil <= now) over ??= Math.max(idleUntil, closed)
  }
  /** What has happened by `now`, if nothing comes before it. */
  const advanceTo = (now: number) => {
    const { window } = ends()
    if (window <= now) windowOver ??= Math.max(window, lastEvent)
    if (windowOver !== undefined) lingerOn(windowOver, now)
  }

  let refused = false
  for (const { now, connects, kept: left } of requests(circumstances, random)) {
    advanceTo(now)
    if (now < delay && connects && closed !== undefined) refused = true
    if (closed !== undefined && over !== undefined && (refused || now >= delay)) {
      return { open: closed, over, refused }
    }
    lastEvent = now
    // Who comes on no connection of its own after the balancer has left is no client of this process.
    if (now < delay || !connects) kept = left
    if (now < delay && connects && closed === undefined) lastArrival = now
  }
  throw new Error('requests never end')
}

/** Drains `trials` times. */
export function simulate(constants: Constants, circumstances: Circumstances, trials: number): Outcome {
  const random = seeded(1)
  const drains = Array.from({ length: trials }, () => drainOnce(constants, circumstances, random))
  const times = drains.map(({ open }) => open).sort((a, b) => a - b)
  const share = (is: (drain: { open: number; refused: boolean }) => boolean) =>
    drains.filter(is).length / trials
  const mean = (numbers: readonly number[]) => numbers.reduce((sum, each) => sum + each, 0) / trials
  return {
    early: share(({ open }) => open < circumstances.delay),
    refused: share(({ refused }) => refused),
    open: mean(times),
    longOpen: times[Math.ceil(trials * 0.95) - 1] as number,
    drain: mean(drains.map(({ over }) => over)),
  }
}
