import { type Fact, factOf } from '../model/fact.js'
import type { Tree } from '../read/tree.js'
import type { Place } from '../text/source.js'

const units: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  msec: 1,
  s: 1000,
  sec: 1000,
  second: 1000,
  seconds: 1000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  minutes: 60_000,
  h: 3_600_000,
  hr: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
  d: 86_400_000,
}

/** The milliseconds of a time as compose, systemd and Fly write it: `1m30s`, `1min 30s`, `90`. */
export function readTime(text: string): number | undefined {
  if (/^infinity$/i.test(text.trim())) return Number.POSITIVE_INFINITY
  const whole = text.trim()
  if (/^\d+(?:\.\d+)?$/.test(whole)) return Number(whole) * 1000
  const parts = [...whole.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)\s*/gi)]
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== whole) return undefined
  const times = parts.map(
    ([, amount, unit = '']) => Number(amount) * (units[unit.toLowerCase()] ?? Number.NaN),
  )
  const sum = times.reduce((total, each) => total + each, 0)
  return Number.isNaN(sum) ? undefined : sum
}

/** A time, or the platform's default in milliseconds. */
export const timeOf = (tree: Tree | undefined, otherwise: number, at: Place): Fact<number> =>
  factOf(tree, otherwise, at, (each) => (each.text === undefined ? undefined : readTime(each.text)))
