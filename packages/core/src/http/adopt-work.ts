import { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Connection } from './connection.js'
import type { ConnectionTracker } from './connections.js'
import { type Asked, type Exchange, exchangesOf } from './exchanges.js'
import { isUpgrading, requestOn, responseOn } from './node-fields.js'
import type { ServerContext } from './server-context.js'

/** The request that was parsed last, or is being parsed, unless it is read and answered, or none that is answered. */
function lastRequestOn(socket: Socket): IncomingMessage | undefined {
  const request = requestOn(socket)
  if (isUpgrading(request)) return undefined
  return request?.complete && responseOn(socket) === undefined ? undefined : request
}

/**
 * The request of a response; where an application has taken it off, or put something else there, the one that was parsed last,
 * unless that is known to wait for its turn; or one that is read.
 */
function requestOf(res: ServerResponse, { socket, exchanges }: Connection): IncomingMessage {
  if (res.req instanceof IncomingMessage) return res.req
  const last = lastRequestOn(socket)
  const isOther = last === undefined || exchanges.some(({ req }) => req === last)
  return isOther ? Object.assign(new IncomingMessage(socket), { complete: true }) : last
}

/** Responses that stand in for one that cannot be reached, because it waits behind others. */
const standIns = new WeakSet<ServerResponse>()

const yes = { value: true }
/** What is known of a response that has been sent, and that Node has let go of. */
const isSent = { closed: yes, headersSent: yes, writableEnded: yes, writableFinished: yes }

/** A response that an application has sealed, say, is one that nobody can track: that costs the others nothing. */
const safely =
  (find: (connection: Connection) => void) =>
  (connection: Connection): void => {
    try {
      find(connection)
    } catch {
      // It stays unknown.
    }
  }

/**
 * Makes known, when a drain begins, what a connection is busy with: the response whose turn it is and the last request behind
 * it. Those between are known if they came while the server was attached, and Node has not answered them itself; others are found
 * when it is their turn.
 *
 * @param found told of every request whose response was found
 */
export function createAdopting(
  context: ServerContext,
  tracker: ConnectionTracker,
  found: (exchange: Exchange) => void,
): (connection: Connection) => void {
  const begin = (connection: Connection, req: IncomingMessage, res: ServerResponse, before?: Exchange) => {
    const { method, url, startedAt } = connection
    const own = () => (req as { originalUrl?: string }).originalUrl ?? req.url
    // Nothing is noted of requests that came before the server was attached, or that Node answers itself (`dropRequest`, 417).
    const isNoted = method !== undefined
    const asked: Asked = isNoted
      ? { method, url: url ?? own(), startedAt }
      : { method: req.method, url: own(), startedAt: context.now() }
    // What is noted is that of one request. Where its URL is too long to be, its own is what the application has made of it.
    connection.method = undefined
    const isProbe = context.probeOf(asked.method, isNoted ? url : asked.url) !== undefined
    return tracker.insert(connection, { req, res, isProbe }, asked, before)
  }

  /** Its turn comes before that of all that wait; its stand-in goes. */
  const takeTurn = (connection: Connection, res: ServerResponse) => {
    const req = requestOf(res, connection)
    const { exchanges } = connection
    const standIn = exchanges.find((each) => each.req === req && standIns.has(each.res))
    const exchange = begin(connection, req, res, standIn ?? exchanges[0])
    if (standIn !== undefined) tracker.settle(standIn)
    found(exchange)
  }

  const findTurn = (connection: Connection) => {
    const turn = responseOn(connection.socket)
    turn?.once('close', () => findNext(connection))
    // As a rule it is the oldest that is known: thousands may be pipelined, and each of them has its turn.
    if (turn !== undefined && connection.exchanges[0]?.res === turn) return
    const known = exchangesOf(connection)
    if (turn !== undefined && known.every(({ res }) => res !== turn)) {
      takeTurn(connection, turn)
      return
    }
    // The turn of those before has come and gone.
    for (const exchange of known) {
      if (exchange.res === turn) break
      if (standIns.has(exchange.res)) tracker.settle(exchange)
    }
  }

  const findNext = safely(findTurn)

  const findLast = (connection: Connection) => {
    const req = lastRequestOn(connection.socket)
    if (req === undefined || connection.exchanges.some((each) => each.req === req)) return
    const res = new ServerResponse(req)
    const isWaiting = responseOn(connection.socket) !== undefined
    if (isWaiting) standIns.add(res)
    else Object.defineProperties(res, isSent)
    begin(connection, req, res)
    // Only the rest of it is still to be read.
    if (!isWaiting) res.emit('close')
  }

  return safely((connection) => {
    findTurn(connection)
    findLast(connection)
  })
}
