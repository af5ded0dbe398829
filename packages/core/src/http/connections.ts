import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Chain } from './chain.js'
import { isTakenOver, releaseWhenTaken } from './hand-over.js'

/** A request and its response, until the one is read and the other flushed. */
export interface Exchange {
  readonly connection: Connection
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly startedAt: number
  readonly isProbe: boolean
}

/** A request after which a socket speaks another protocol. */
export interface Upgrade {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly startedAt: number
}

/** What is known of one connection that speaks HTTP/1. */
export interface Connection {
  readonly socket: Socket
  /** The response of the oldest unfinished exchange, almost always the only one: no object is made for it. */
  current: ServerResponse | undefined
  /** When that exchange began. */
  startedAt: number
  /** It is a probe. */
  isProbe: boolean
  /** Exchanges that were pipelined behind it. */
  queue: Exchange[] | undefined
  /** `socket.bytesRead` when the last exchange ended: more than that, and the next head has begun to arrive. */
  bytesWhenIdle: number
  /** A request that is no probe has come. */
  served: boolean
  /** The request by which the socket was given to another protocol, if it was. */
  upgrade: Upgrade | undefined
  /** The client was told that the connection closes: what still arrives is discarded. */
  leaving: boolean
  /** Something did still arrive. */
  overrun: boolean
  /** Takes it off the tracker that has it. */
  readonly forget: (connection: Connection) => void
}

/** Which connections are open and what they are doing, exactly, at the cost of one listener a request. */
export interface ConnectionTracker extends Iterable<Connection> {
  readonly size: number
  /** Exchanges that are not finished. */
  readonly inFlight: number
  /** Connections that belong to another protocol. */
  readonly upgraded: number
  /** Whether `is` says so of an open connection. */
  some(is: (connection: Connection) => boolean): boolean
  /** Called when an exchange has ended. */
  exchangeEnded: ((exchange: Exchange) => void) | undefined
  /** Called when a connection has closed or been taken over, after its exchanges have ended. */
  connectionEnded: ((connection: Connection) => void) | undefined
  accept(socket: Socket): Connection
  begin(req: IncomingMessage, res: ServerResponse, isProbe: boolean): Connection
  /** Ends an exchange whose response does not tell when it closes. */
  settle(connection: Connection, res: ServerResponse): void
  upgrade(req: Pick<IncomingMessage, 'socket' | 'method' | 'url'>): void
}

const kConnection = Symbol('lameduck.connection')
type TrackedSocket = Socket & { [kConnection]?: Connection }

/** The connection of a socket that some tracker has accepted. */
export const connectionOf = (socket: Socket): Connection | undefined => (socket as TrackedSocket)[kConnection]

function currentOf(connection: Connection): Exchange | undefined {
  const { current: res, startedAt, isProbe } = connection
  return res && { connection, req: res.req, res, startedAt, isProbe }
}

/** The exchange that was begun last: its response is the last one on the connection. */
export const lastExchange = (connection: Connection): Exchange | undefined =>
  connection.queue?.at(-1) ?? currentOf(connection)

/** Every unfinished exchange of a connection, oldest first. */
export function exchangesOf(connection: Connection): Exchange[] {
  const current = currentOf(connection)
  return current === undefined ? [] : [current, ...(connection.queue ?? [])]
}

/** A handler that has answered and left the rest of the body paused would hold the connection: reads it to its end. */
export function readOn(req: IncomingMessage): void {
  if (req.isPaused()) req.resume()
}

/** Takes an exchange off its connection; false if it was not there any more. */
function remove(connection: Connection, res: ServerResponse): boolean {
  const { current, queue } = connection
  if (current === res) {
    const next = queue?.shift()
    connection.current = next?.res
    if (next !== undefined) Object.assign(connection, { startedAt: next.startedAt, isProbe: next.isProbe })
    return true
  }
  const at = queue?.findIndex((each) => each.res === res) ?? -1
  if (at >= 0) queue?.splice(at, 1)
  return at >= 0
}

/**
 * Creates a tracker. It counts by identity: an exchange leaves the count when its response has closed *and* its
 * request was read to the end, or when its socket has closed; Node 20 and 22 do not close the responses that were
 * queued behind a lost one.
 *
 * @param now is asked for every request
 */
export function createConnectionTracker(now: () => number): ConnectionTracker {
  const connections = new Chain<Connection>()
  let inFlight = 0
  let upgraded = 0

  const settle = (connection: Connection, res: ServerResponse) => {
    const ended = tracker.exchangeEnded && exchangesOf(connection).find((each) => each.res === res)
    if (!remove(connection, res)) return
    inFlight--
    connection.bytesWhenIdle = connection.socket.bytesRead
    if (ended !== undefined) tracker.exchangeEnded?.(ended)
  }

  function responseClosed(this: ServerResponse) {
    const { req } = this
    const connection = connectionOf(req.socket)
    if (connection === undefined) return
    if (req.complete || connection.socket.destroyed) {
      settle(connection, this)
      return
    }
    req.once('end', () => settle(connection, this))
    if (tracker.exchangeEnded !== undefined) readOn(req)
  }

  const forget = (connection: Connection) => {
    if (!connections.delete(connection)) return
    if (connection.upgrade !== undefined) upgraded--
    for (const { res } of exchangesOf(connection)) settle(connection, res)
    tracker.connectionEnded?.(connection)
  }

  function socketClosed(this: Socket) {
    const connection = connectionOf(this)
    if (connection !== undefined) forget(connection)
  }

  const accept = (socket: Socket): Connection => {
    const known = connectionOf(socket)
    if (known?.forget === forget) return known
    // Another server has accepted it and handed it on.
    known?.forget(known)
    const connection: Connection = {
      socket,
      current: undefined,
      startedAt: 0,
      isProbe: false,
      queue: undefined,
      bytesWhenIdle: 0,
      served: false,
      upgrade: undefined,
      leaving: false,
      overrun: false,
      forget,
    }
    ;(socket as TrackedSocket)[kConnection] = connection
    connections.add(connection)
    socket.on('close', socketClosed)
    return connection
  }

  const tracker: ConnectionTracker = {
    get size() {
      return connections.size
    },
    get inFlight() {
      return inFlight
    },
    get upgraded() {
      return upgraded
    },
    exchangeEnded: undefined,
    connectionEnded: undefined,
    accept,
    begin(req, res, isProbe) {
      const connection = accept(req.socket)
      const startedAt = now()
      if (connection.current === undefined) {
        connection.current = res
        connection.startedAt = startedAt
        connection.isProbe = isProbe
      } else {
        connection.queue ??= []
        connection.queue.push({ connection, req, res, startedAt, isProbe })
      }
      inFlight++
      res.on('close', responseClosed)
      return connection
    },
    upgrade({ method, url, socket }) {
      // Tests emit this event by hand, without a socket below.
      if (socket === undefined || isTakenOver(socket)) return
      const connection = accept(socket)
      if (connection.upgrade !== undefined) return
      connection.upgrade = { method, url, startedAt: now() }
      upgraded++
      releaseWhenTaken(socket, () => forget(connection))
    },
    settle,
    some: (is) => connections.some(is),
    [Symbol.iterator]: () => connections[Symbol.iterator](),
  }
  return tracker
}
