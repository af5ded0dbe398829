import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { isServed, standInFor } from './by-hand.js'
import { Chain } from './chain.js'
import { Connection, connectionOf, noteRequest } from './connection.js'
import {
  type Asked,
  type Begun,
  createExchange,
  type Exchange,
  exchangeOf,
  exchangesOf,
} from './exchanges.js'
import { isTakenOver, releaseWhenTaken } from './hand-over.js'
import { awaitRest } from './request-body.js'

/**
 * Which connections are open. What they are doing is known, exactly, from when a drain has begun; before, requests are only
 * counted that Node could not be asked for then.
 */
export interface ConnectionTracker extends Iterable<Connection> {
  readonly size: number
  /** Exchanges that are not finished, probes aside. */
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
  /** The connection of a socket, if it is here. */
  of(socket: Socket | null): Connection | undefined
  /** Whether the exchange of a response has been begun here. */
  has(res: ServerResponse): boolean
  /** A request has come before a drain: notes it; begins its exchange if Node could not be asked for it later. */
  meet(req: IncomingMessage, res: ServerResponse, isProbe: boolean): Connection
  /** Begins an exchange; one that was begun before, and is handed on within the process, is given as it is. */
  begin(req: IncomingMessage, res: ServerResponse, isProbe: boolean): Exchange
  /** The same on a connection of the caller's choice, before an exchange that waits there already. */
  insert(connection: Connection, begun: Begun, asked: Asked, before?: Exchange): Exchange
  /** An exchange is no work any more. */
  setAside(exchange: Exchange): void
  /** Takes a connection off, with what is unfinished on it, which is nobody's work any more. */
  letGo(connection: Connection): void
  /** Ends an exchange whose response does not tell when it closes. */
  settle(exchange: Exchange): void
  /** Ends those of a connection that are over, which before a drain nobody is told of. */
  sweep(connection: Connection): void
  /** `stream`: what the new protocol is spoken on, if that is not the socket itself. */
  upgrade(req: Pick<IncomingMessage, 'method' | 'url'>, socket: Socket, stream?: Duplex): void
  /** Makes good what an application has done to the listeners of a response and its socket. */
  heed(exchange: Exchange): void
  /** The same for all of a connection. To be called once a drain. */
  reconcile(connection: Connection): void
}

/** Before a drain nobody waits for the rest of a request that was answered early. */
const isOver = ({ req, res }: Exchange) => res.closed && req.complete

function listenAgain(emitter: EventEmitter, listener: () => void): void {
  if (!emitter.listeners('close').includes(listener)) emitter.on('close', listener)
}

/**
 * Creates a tracker. It counts by identity: an exchange leaves the count when its response has closed *and* its
 * request was read to the end, or when its socket has closed; Node 20 and 22 do not close the responses that were
 * queued behind a lost one.
 *
 * @param now is asked for every request
 * @param isTold whether Node tells what a connection is busy with; asked for its first request
 */
export function createConnectionTracker(
  now: () => number,
  isTold: (socket: Socket, req: IncomingMessage, res: ServerResponse) => boolean,
): ConnectionTracker {
  const connections = new Chain<Connection>()
  let inFlight = 0
  let upgraded = 0

  const known = (res: ServerResponse) => {
    const exchange = exchangeOf(res)
    return exchange?.connection.forget === forget ? exchange : undefined
  }

  const of = (socket: Socket | null) => {
    const connection = connectionOf(socket)
    return connection?.forget === forget ? connection : undefined
  }

  const settle = (exchange: Exchange) => {
    const { connection } = exchange
    const at = connection.exchanges.indexOf(exchange)
    if (at < 0) return
    connection.exchanges.splice(at, 1)
    if (exchange.isWork) inFlight--
    connection.bytesWhenIdle = connection.socket.bytesRead
    tracker.exchangeEnded?.(exchange)
  }

  function responseClosed(this: ServerResponse) {
    const exchange = known(this)
    // Another tracker may have it by now.
    if (exchange === undefined) return
    const { req, connection } = exchange
    if (req.complete || connection.socket.destroyed) settle(exchange)
    else if (tracker.exchangeEnded !== undefined) awaitRest(exchange, settle)
  }

  const setAside = (exchange: Exchange) => {
    if (!exchange.isWork) return
    exchange.isWork = false
    inFlight--
  }

  const forget = (connection: Connection) => {
    // Both of two trackers hear of a socket that one has handed on to the other.
    if (connection.forget !== forget || !connection.isOpen) return
    connection.isOpen = false
    // One that is handed to and fro between servers hears of its close once.
    connection.socket.off('close', socketClosed)
    const isHere = connections.delete(connection)
    if (connection.upgrade !== undefined) upgraded--
    for (const exchange of exchangesOf(connection)) settle(exchange)
    if (isHere) tracker.connectionEnded?.(connection)
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
    const connection = new Connection(socket, forget)
    connections.add(connection)
    socket.on('close', socketClosed)
    return connection
  }

  const sweep = (connection: Connection) => exchangesOf(connection).filter(isOver).forEach(settle)

  const insert = (connection: Connection, begun: Begun, asked: Asked, before?: Exchange): Exchange => {
    const exchange = createExchange(connection, begun, asked)
    const { exchanges, isOpen } = connection
    // Handed on too late: its client has gone, and nothing will tell of its end.
    if (!isOpen) return exchange
    // Before a drain nobody is told of those that are over: the oldest go here, at no more cost than one each.
    while (exchanges[0] !== undefined && isOver(exchanges[0])) settle(exchanges[0])
    exchanges.splice(before === undefined ? exchanges.length : exchanges.indexOf(before), 0, exchange)
    if (exchange.isWork) inFlight++
    begun.res.on('close', responseClosed)
    return exchange
  }

  const begin = (req: IncomingMessage, res: ServerResponse, isProbe: boolean): Exchange => {
    const begunBefore = known(res)
    if (begunBefore !== undefined) return begunBefore
    const { socket, method, url } = req
    const begun = { req, res, isProbe }
    const asked = { method, url, startedAt: now() }
    const connection = of(socket)
    if (connection !== undefined) return insert(connection, begun, asked)
    const isReal = connectionOf(socket) !== undefined || isServed(socket)
    const accepted = accept(isReal ? socket : standInFor(res))
    if (accepted.socket.destroyed) forget(accepted)
    return insert(accepted, begun, asked)
  }

  const heed = ({ res, connection: { socket } }: Exchange) => {
    listenAgain(socket, socketClosed)
    listenAgain(res, responseClosed)
    if (res.closed) responseClosed.call(res)
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
    of,
    meet(req, res, isProbe) {
      // None while the response waits behind another, which Node keeps where nobody can see it.
      const connection = of(res.socket)
      if (connection === undefined) return begin(req, res, isProbe).connection
      connection.isCounted ??= !isTold(connection.socket, req, res)
      if (connection.isCounted) begin(req, res, isProbe)
      else noteRequest(connection, req, now())
      return connection
    },
    begin,
    has: (res) => known(res) !== undefined,
    insert,
    setAside,
    letGo(connection) {
      for (const exchange of exchangesOf(connection)) setAside(exchange)
      if (connection.upgrade !== undefined) upgraded--
      connection.upgrade = undefined
      if (connections.delete(connection)) tracker.connectionEnded?.(connection)
    },
    settle,
    sweep,
    upgrade(req, socket, stream = socket) {
      // Tests emit this event by hand, without a socket below.
      if (!(socket instanceof Duplex) || isTakenOver(stream)) return
      const connection = accept(socket)
      if (connection.upgrade !== undefined) return
      const { method, url } = req
      connection.upgrade = { req, method, url, startedAt: now() }
      upgraded++
      releaseWhenTaken(stream, () => forget(connection))
    },
    heed,
    reconcile(connection) {
      listenAgain(connection.socket, socketClosed)
      exchangesOf(connection).forEach(heed)
      if (connection.socket.closed) forget(connection)
    },
    some: (is) => connections.some(is),
    [Symbol.iterator]: () => connections[Symbol.iterator](),
  }
  return tracker
}
