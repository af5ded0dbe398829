import { readDuration } from '@lameduck/core/plan'

/** Traffic that somebody has described. */
export interface TrafficText {
  /** Requests per second. */
  readonly rate: number
  /** Connections that clients keep alive; 0: each request opens one. */
  readonly connections: number
  /** The balancer has let go after any time up to this, in milliseconds. */
  readonly balancer: number
}

/** A description that cannot be read. */
export class TrafficError extends Error {}

const example = '"3/s over 200 connections, balancer up to 10s"'

/**
 * Reads a description such as `3/s over 200 connections, balancer up to 10s`.
 *
 * @throws {TrafficError} naming what was expected
 */
export function readTraffic(text: string): TrafficText {
  const [, amount, unit] = /(\d+(?:\.\d+)?)\s*\/\s*(s|sec|second|m|min|minute|h|hour)\b/i.exec(text) ?? []
  const [, connections] = /over\s+(\d+)\s+(?:kept[- ]alive\s+)?connections?/i.exec(text) ?? []
  const [, balancer] = /balancer\s+(?:up\s+to\s+)?(\d+(?:\.\d+)?(?:ms|s|m))\b/i.exec(text) ?? []
  const delay = balancer === undefined ? undefined : readDuration(balancer)
  if (amount === undefined || unit === undefined || delay === undefined)
    throw new TrafficError(`expected ${example}, got "${text}"`)
  const seconds = /^h/i.test(unit) ? 3600 : /^m/i.test(unit) ? 60 : 1
  const rate = Number(amount) / seconds
  if (rate <= 0 || rate > 10_000)
    throw new TrafficError(`expected more than 0 and at most 10000 requests a second, got ${rate}`)
  if (delay > 600_000) throw new TrafficError(`expected a balancer that lets go within 10m, got ${balancer}`)
  return { rate, connections: Number(connections ?? 0), balancer: delay }
}
