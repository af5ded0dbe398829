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
}

/** What a request was when it came: an application may have changed it since. */
export type Asked = Pick<Exchange, 'method' | 'url' | 'startedAt'>

/** What an exchange begins with. */
export type Begun = Pick<Exchange, 'req' | 'res' | 'isProbe'>

const kExchange = Symbol('lameduck.exchange')
type TrackedResponse = ServerResponse & { [kExchange]?: Exchange }

/** The exchange that a response belongs to, if it has been begun. */
export const exchangeOf = (res: ServerResponse): Exchange | undefined => (res as TrackedResponse)[kExchange]

/** Makes an exchange that is not on its connection yet. */
export function createExchange(connection: Connection, begun: Begun, asked: Asked): Exchange {
  const exchange = { connection, ...begun, ...asked, isWork: !begun.isProbe }
  ;(begun.res as TrackedResponse)[kExchange] = exchange
  return exchange
}

/** The unfinished exchanges of a connection, oldest first: those that are now, whatever becomes of them meanwhile. */
export const exchangesOf = ({ exchanges }: Connection): Exchange[] => [...exchanges]

/** Whether a connection has an unfinished exchange that a drain waits for. */
export const hasWork = ({ exchanges }: Connection): boolean => exchanges.some(({ isWork }) => isWork)

/** What the report says of a request. */
export function describeExchange(clock: Clock, kind: string, { method, url, startedAt }: Asked): Cut {
  return {
    kind,
    method: method ?? '',
    path: String(url ?? '').replace(/\?.*/s, ''),
    age: Math.round(clock.now() - startedAt),
  }
}
