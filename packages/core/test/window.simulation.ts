import { createRateMeter } from '../src/drain/rate.js'
import { windowEnd } from '../src/drain/window.js'
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
  readonly discountsKept?: boolean
}

export const present: Constants = { min: 5000, max: 10_000, meansOfSilence: 5, leastQuiet: 2000 }

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
  /** The mean length of the window, and the length that 95 % do not exceed, in milliseconds. */
  readonly window: number
  readonly longWindow: number
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

/**
 * The real function, for any constants: its own are changed by measuring time in another unit, and its means of silence by
 * another rate.
 */
export function windowEndWith(constants: Constants, rate: number, lastArrival: number | undefined): number {
  const unit = constants.leastQuiet / present.leastQuiet
  const plan = { min: constants.min / unit, max: constants.max / unit, adaptive: true }
  const traffic = {
    rate: (rate * unit * present.meansOfSilence) / constants.meansOfSilence,
    lastArrival: lastArrival === undefined ? undefined : lastArrival / unit,
  }
  return windowEnd(plan, 0, traffic, latest / unit) * unit
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

/** The requests that come one by one, and whether each one opens a connection. */
function* requests({ rate, pool }: Circumstances, random: () => number) {
  let kept = pool
  let now = 0
  while (true) {
    now += (-Math.log(1 - random()) * 1000) / rate
    const isKept = random() * pool < kept
    if (isKept) kept--
    yield { now, connects: !isKept, kept: pool === 0 ? 0 : kept / pool }
  }
}

/** One drain: when its window ends, and whether somebody who was still routed here came after that. */
function drainOnce(constants: Constants, circumstances: Circumstances, random: () => number) {
  const { delay } = circumstances
  const rate = measuredRate(circumstances.rate, random)
  let lastArrival: number | undefined
  const endWith = (kept: number) =>
    windowEndWith(constants, constants.discountsKept ? rate * (1 - kept) : rate, lastArrival)
  let end = endWith(circumstances.pool > 0 ? 1 : 0)
  for (const { now, connects, kept } of requests(circumstances, random)) {
    if (now >= delay) return { end, refused: false }
    if (now >= end && connects) return { end, refused: true }
    if (now >= end) continue
    if (connects) lastArrival = now
    if (connects || constants.discountsKept) end = Math.max(now, endWith(kept))
  }
  throw new Error('requests never end')
}

/** Drains `trials` times. */
export function simulate(constants: Constants, circumstances: Circumstances, trials: number): Outcome {
  const random = seeded(1)
  const drains = Array.from({ length: trials }, () => drainOnce(constants, circumstances, random))
  const ends = drains.map(({ end }) => end).sort((a, b) => a - b)
  const share = (is: (drain: { end: number; refused: boolean }) => boolean) =>
    drains.filter(is).length / trials
  return {
    early: share(({ end }) => end < circumstances.delay),
    refused: share(({ refused }) => refused),
    window: ends.reduce((sum, end) => sum + end, 0) / trials,
    longWindow: ends[Math.ceil(trials * 0.95) - 1] as number,
  }
}
