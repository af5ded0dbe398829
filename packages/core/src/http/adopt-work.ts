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

/** The request of a response; where an application has taken it off, the one that was parsed last, or one that is read. */
const requestOf = (res: ServerResponse, socket: Socket): IncomingMessage =>
  (res.req as IncomingMessage | null) ??
  lastRequestOn(socket) ??
  Object.assign(new IncomingMessage(socket), { complete: true })

/** Responses that stand in for one that cannot be reached, because it waits behind others. */
const standIns = new WeakSet<ServerResponse>()

const yes = { value: true }
/** What is known of a response that has been sent, and that Node has let go of. */
const isSent = { closed: yes, headersSent: yes, writableEnded: yes, writableFinished: yes }

/**
 * Makes known, when a drain begins, what a connection is busy with: the response whose turn it is and the last request behind
 * it. Those between are known if they came while the server was attached; others are found when it is their turn.
 *
 * @param found told of every request whose response was found
 */
export function createAdopting(
  context: ServerContext,
  tracker: ConnectionTracker,
  found: (exchange: Exchange) => void,
): (connection: Connection) => void {
  const begin = (connection: Connection, req: IncomingMessage, res: ServerResponse, before?: Exchange) => {
    const { isCounted, method, url, startedAt } = connection
    const { originalUrl = req.url } = req as { originalUrl?: string }
    // Nothing is noted of requests that came before the server was attached.
    const asked: Asked =
      isCounted === undefined
        ? { method: req.method, url: originalUrl, startedAt: context.now() }
        : { method, url: url ?? originalUrl, startedAt }
    const isProbe = context.probeOf(asked.method, asked.url) !== undefined
    return tracker.insert(connection, { req, res, isProbe }, asked, before)
  }

  /** Its turn comes before that of all that wait; its stand-in goes. */
  const takeTurn = (connection: Connection, res: ServerResponse) => {
    const req = requestOf(res, connection.socket)
    const { exchanges } = connection
    const standIn = exchanges.find((each) => each.req === req)
    const exchange = begin(connection, req, res, standIn ?? exchanges[0])
    if (standIn !== undefined) tracker.settle(standIn)
    found(exchange)
  }

  const findTurn = (connection: Connection) => {
    const turn = responseOn(connection.socket)
    const known = exchangesOf(connection)
    if (turn !== undefined && known.every(({ res }) => res !== turn)) {
      if (connection.isCounted === undefined) turn.once('close', () => findTurn(connection))
      takeTurn(connection, turn)
      return
    }
    // The turn of those before has come and gone.
    for (const exchange of known) {
      if (exchange.res === turn) break
      if (standIns.has(exchange.res)) tracker.settle(exchange)
    }
  }

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

  return (connection) => {
    findTurn(connection)
    findLast(connection)
  }
}
