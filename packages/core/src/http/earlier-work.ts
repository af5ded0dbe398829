import { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { ProbeResponder } from '../probes/probe-responder.js'
import { probeOf } from './answers.js'
import type { Connection, ConnectionTracker } from './connections.js'
import { type Exchange, exchangesOf } from './exchanges.js'

/** Where Node itself keeps what a socket is busy with: the same on every version from 20 to 26, but nowhere public. */
type ServedSocket = Socket & {
  /** The response whose turn it is; those pipelined behind it cannot be reached. */
  readonly _httpMessage?: ServerResponse | null
  /** Gone once the socket speaks another protocol. */
  readonly parser?: { readonly incoming?: IncomingMessage | null } | null
}

const responseOn = (socket: Socket) => (socket as ServedSocket)._httpMessage ?? undefined

/** The request that was parsed last, or is being parsed, unless it is read and answered. */
function lastRequestOn(socket: Socket): IncomingMessage | undefined {
  const request = (socket as ServedSocket).parser?.incoming ?? undefined
  return request?.complete && responseOn(socket) === undefined ? undefined : request
}

/** The request of a response; where an application has taken it off, the one that was parsed last, or one that is read. */
const requestOf = (res: ServerResponse, socket: Socket): IncomingMessage =>
  (res.req as IncomingMessage | null) ??
  lastRequestOn(socket) ??
  Object.assign(new IncomingMessage(socket), { complete: true })

/** Responses that stand in for one that cannot be reached, because it waits behind others. */
const standIns = new WeakSet<ServerResponse>()

/** What {@link adoptWork} needs to know of requests. */
export interface Adopting {
  readonly probes: ProbeResponder
  /** Told of every request whose response was found. */
  readonly found: (exchange: Exchange) => void
}

/**
 * Makes a connection known that was open before its server was attached, with what it is busy with: the response whose
 * turn it is, and the last request behind it. Those between cannot be reached until it is their turn; they are found then.
 */
export function adoptWork(tracker: ConnectionTracker, socket: Socket, adopting: Adopting): void {
  if (socket.destroyed) return
  if (!(socket as ServedSocket).parser) {
    tracker.upgrade({}, socket)
    return
  }
  // Half a head may have come: it is taken for an idle connection until more of it comes.
  tracker.accept(socket).bytesWhenIdle = socket.bytesRead
  findTurn(tracker, tracker.accept(socket), adopting)
  findLast(tracker, tracker.accept(socket), adopting)
}

function findTurn(tracker: ConnectionTracker, connection: Connection, adopting: Adopting): void {
  const turn = responseOn(connection.socket)
  const known = exchangesOf(connection)
  if (turn !== undefined && known.every(({ res }) => res !== turn)) {
    turn.once('close', () => findTurn(tracker, connection, adopting))
    takeTurn(tracker, connection, turn, adopting)
    return
  }
  // The turn of those before has come and gone.
  for (const exchange of known) {
    if (exchange.res === turn) break
    if (standIns.has(exchange.res)) tracker.settle(exchange)
  }
}

/** Its turn comes before that of all that wait; its stand-in goes. */
function takeTurn(
  tracker: ConnectionTracker,
  connection: Connection,
  res: ServerResponse,
  { probes, found }: Adopting,
): void {
  const req = requestOf(res, connection.socket)
  const standIn = exchangesOf(connection).find((each) => each.req === req)
  const before = standIn ?? connection.first
  const isProbe = probeOf(probes, req.method, req.url) !== undefined
  const exchange = tracker.insert(connection, { req, res, isProbe }, before)
  if (standIn !== undefined) tracker.settle(standIn)
  found(exchange)
}

function findLast(tracker: ConnectionTracker, connection: Connection, { probes }: Adopting): void {
  const req = lastRequestOn(connection.socket)
  if (req === undefined || exchangesOf(connection).some((each) => each.req === req)) return
  const res = new ServerResponse(req)
  tracker.insert(connection, { req, res, isProbe: probeOf(probes, req.method, req.url) !== undefined })
  if (responseOn(connection.socket) !== undefined) {
    standIns.add(res)
    return
  }
  // It has been answered: only the rest of it is still to be read.
  Object.defineProperty(res, 'closed', { value: true })
  res.emit('close')
}
