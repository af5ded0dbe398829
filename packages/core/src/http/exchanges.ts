import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../clock.js'
import type { Cut } from '../drain/cut.js'
import type { Connection } from './connection.js'

/**
 * A request and its response, until the one is read and the other flushed. It hangs on the response: what else Node lets
 * an application change (`req.socket`, `res.req`, `req.url`) is not asked again.
 */
export interface Exchange {
  readonly connection: Connection
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly method: string | undefined
  readonly url: string | undefined
  readonly startedAt: number
  readonly isProbe: boolean
  /** The drain waits for it: never for a probe. */
  isWork: boolean
  /** Its neighbours on the connection, while it is unfinished: the one that was pipelined before it, and the one behind. */
  before: Exchange | undefined
  after: Exchange | undefined
}

/** What a request was when it came: an application may have changed it since. */
export type Asked = Pick<Exchange, 'method' | 'url' | 'startedAt'>

/** What an exchange begins with. */
export type Begun = Pick<Exchange, 'req' | 'res' | 'isProbe'>

const kExchange = Symbol('lameduck.exchange')
type TrackedResponse = ServerResponse & { [kExchange]?: Exchange }

/** The exchange that a response belongs to, if it has been begun. */
export const exchangeOf = (res: ServerResponse): Exchange | undefined => (res as TrackedResponse)[kExchange]

/** Makes an exchange, not yet {@link put} on its connection. */
export function createExchange(
  connection: Connection,
  { req, res, isProbe }: Begun,
  { method, url, startedAt }: Asked,
): Exchange {
  const exchange = {
    connection,
    req,
    res,
    method,
    url,
    startedAt,
    isProbe,
    isWork: !isProbe,
    before: undefined,
    after: undefined,
  }
  ;(res as TrackedResponse)[kExchange] = exchange
  return exchange
}

/** Every unfinished exchange of a connection, oldest first. */
export function exchangesOf({ first }: Connection): Exchange[] {
  const exchanges: Exchange[] = []
  for (let each = first; each !== undefined; each = each.after) exchanges.push(each)
  return exchanges
}

/** Whether a connection has an unfinished exchange that a drain waits for. */
export function hasWork({ first }: Connection): boolean {
  for (let each = first; each !== undefined; each = each.after) if (each.isWork) return true
  return false
}

/** What the report says of a request. */
export function describeExchange(clock: Clock, kind: string, { method, url, startedAt }: Asked): Cut {
  return {
    kind,
    method: method ?? '',
    path: String(url ?? '').replace(/\?.*/s, ''),
    age: Math.round(clock.now() - startedAt),
  }
}

/** Puts an exchange on its connection: before `next`, or as the last one. */
export function put(exchange: Exchange, next: Exchange | undefined): void {
  const { connection } = exchange
  const before = next === undefined ? connection.last : next.before
  exchange.before = before
  exchange.after = next
  if (before === undefined) connection.first = exchange
  else before.after = exchange
  if (next === undefined) connection.last = exchange
  else next.before = exchange
}

/** Takes an exchange off its connection; false if it was not there any more. */
export function remove(exchange: Exchange): boolean {
  const { connection, before, after } = exchange
  if (before === undefined && connection.first !== exchange) return false
  if (before === undefined) connection.first = after
  else before.after = after
  if (after === undefined) connection.last = before
  else after.before = before
  // What is over must not keep its neighbours.
  exchange.before = undefined
  exchange.after = undefined
  return true
}
