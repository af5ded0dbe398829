import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { createAdopting } from './adopt-work.js'
import { sendProbe, wasAnswered, writeUnavailable } from './answers.js'
import { createBegunHeads } from './begun-heads.js'
import { createClosing } from './closing.js'
import { type Connection, connectionOf, noteRequest } from './connection.js'
import { createConnectionTracker } from './connections.js'
import { endEventStreams, endInOrder, isEventStream } from './event-streams.js'
import { type Exchange, exchangesOf } from './exchanges.js'
import { offer } from './hand-over.js'
import { createHoldBack } from './hold-back.js'
import { askToLeave, discardInput, hangUp, returnToResponse } from './leave.js'
import { createLeftOut } from './left-out.js'
import { busyParsersOf, isUpgrading, parserOn, requestOn, responseOn } from './node-fields.js'
import { createQueuedUpgrades } from './queued-upgrades.js'
import { readInOrder } from './read-in-order.js'
import type { ServerContext } from './server-context.js'
import type { Deliver, Passes, Tap } from './server-tap.js'
import type { Side } from './side.js'

/** The connections of a server that speak HTTP/1. */
export interface Http1Side extends Side {
  /** A connection speaks HTTP/1. */
  accept(socket: Socket): void
  /** Whether a request has only to be handed on, as nearly all have before a drain. */
  readonly passes: Passes
  /** Serves any other, or answers in place of the application. */
  readonly request: Tap
  /**
   * Something has come that is no request: an `upgrade` or `connect`, by which a connection is given to another protocol,
   * or a `clientError`. False if nobody is to see it: its client was told that the connection closes, or it has to wait for
   * answers ahead of it, and is delivered behind them.
   */
  mayPass(deliver: Deliver, event: 'upgrade' | 'connect' | 'clientError', args: readonly unknown[]): boolean
  /** A connection was open before the server was attached. */
  adopt(socket: Socket): void
}

/** Whether Node's parser has given up on a connection; other errors are the connection's own. */
const isParseError = (error: NodeJS.ErrnoException | undefined) => error?.code?.startsWith('HPE_') === true

/** A stream goes on by itself; an upload under its answer does not, and probes are no work. */
const isLong = ({ isWork, req, res }: Exchange) => !isWork || (res.headersSent && req.complete)

/** Creates the HTTP/1 side of a server. */
export function createHttp1Side(context: ServerContext, server: object): Http1Side {
  const { clock, probes } = context
  const isTold = (socket: Socket, req: IncomingMessage, res: ServerResponse) =>
    responseOn(socket) === res && requestOn(socket) === req && busyParsersOf(server) !== undefined
  const connections = createConnectionTracker(context.now, isTold)
  const leftOut = createLeftOut(clock, connections, () => context.watcher?.changed())
  const closing = createClosing(clock, connections, createBegunHeads(clock, server), leftOut)
  const holdBack = createHoldBack(context)
  const upgrades = createQueuedUpgrades()
  let finished = 0
  let kept = 0

  const offerUpgraded = () => {
    if (connections.upgraded === 0) return
    for (const { socket, upgrade } of [...connections]) if (upgrade !== undefined) offer(socket)
  }

  const discard = (connection: Connection, req?: IncomingMessage) => {
    if (!connection.overrun) discardInput(connection)
    connection.overrun = true
    req?.resume()
    return true
  }

  const headSent = (exchange: Exchange) => {
    connections.heed(exchange)
    if (context.endsEventStreams && context.step === 'closed' && isEventStream(exchange)) {
      clock.nextTurn(() => endInOrder(exchange.res))
    }
  }

  /** All that is paid for nearly every request before a drain. */
  const passes: Passes = (req, res) => {
    if (!req || !res || context.step !== 'serving' || probes.match(req.url) !== undefined) return false
    const connection = connections.of(res.socket)
    if (connection?.isCounted !== false || !connection.served) return false
    const now = context.now()
    noteRequest(connection, req, now)
    context.requests.count(now)
    return true
  }

  const asked = (exchange: Exchange) => {
    if (context.step !== 'serving') askToLeave(clock, exchange, headSent)
  }
  const adoptWork = createAdopting(context, connections, asked)

  /** Before a drain: a probe, the first request of a connection, and what is pipelined. */
  const serve: Tap = (deliver, event, args) => {
    const [req, res] = args as [IncomingMessage, ServerResponse]
    const probe = context.probeOf(req.method, req.url)
    const connection = connections.meet(req, res, probe !== undefined)
    if (probe !== undefined) {
      sendProbe(req, res, probes.answer(probe, req.url ?? ''))
      return true
    }
    context.countRequest(connection, req.url, req.headers)
    return deliver(event, req, res)
  }

  /** The same while draining. */
  const serveAndAskToLeave: Tap = (deliver, event, args) => {
    const [req, res] = args as [IncomingMessage, ServerResponse]
    // Its handler hands it on: after `checkContinue` this is how it becomes a request.
    if (connections.has(res)) return deliver(event, req, res)
    const known = connectionOf(req.socket)
    if (known?.leaving) return discard(known, req)

    const probe = context.probeOf(req.method, req.url)
    const exchange = connections.begin(req, res, probe !== undefined)
    const { connection } = exchange
    leftOut.began(exchange)
    readInOrder(connection.socket)
    if (probe === undefined) context.countRequest(connection, req.url, req.headers)
    asked(exchange)
    const isRejected = context.isRejected(connection.early)
    const handle = () => {
      if (probe !== undefined) sendProbe(req, res, probes.answer(probe, req.url ?? ''))
      else if (isRejected) writeUnavailable(res)
      else deliver(event, req, res)
    }
    holdBack.hold(connection, handle)
    return true
  }

  const mayUpgrade = (handOn: () => void, req: IncomingMessage, socket: Socket, known?: Connection) => {
    if (known?.leaving) {
      returnToResponse(known)
      return !discard(known, req)
    }
    // Whoever gets the socket may put responses of its own on it.
    if (known !== undefined && !known.isCounted) adoptWork(known)
    connections.upgrade(req, known?.socket ?? socket, socket)
    // Its owner may take it over in this turn.
    if (context.step !== 'serving') clock.nextTurn(offerUpgraded)
    if (known === undefined) return true
    // What was asked before is answered before, and must not say that the connection closes.
    holdBack.handOn(known)
    if (context.step === 'serving' || known.exchanges.length === 0) return true
    upgrades.queue(known, handOn)
    return false
  }

  const mayHearOf = (error: NodeJS.ErrnoException | undefined, known: Connection) => {
    if (context.step === 'serving') return true
    holdBack.handOn(known)
    if (!isParseError(error)) return true
    // Whole requests before it are answered, the last one by a head that says close; behind that nothing is an error.
    const isBehind = known.leaving || known.exchanges.at(-1)?.req.complete === true
    return !(isBehind && discard(known))
  }

  return {
    get inFlight() {
      return connections.inFlight + connections.upgraded
    },
    hasOnlyLongWork: () =>
      !connections.some((connection) => exchangesOf(connection).some((exchange) => !isLong(exchange))),
    get connections() {
      return connections.size
    },
    get finished() {
      return finished
    },
    get kept() {
      return kept
    },
    hasIdle: closing.hasIdle,
    closed: closing.counts,
    accept: connections.accept,
    passes,
    request: (deliver, event, args) =>
      context.step === 'serving' ? serve(deliver, event, args) : serveAndAskToLeave(deliver, event, args),
    mayPass(deliver, event, args) {
      const [first, socket] = args as [Error | IncomingMessage, Socket]
      // Node 26 has a stream of its own in the place of a socket that still sends the body of its upgrade.
      const known = connectionOf(socket) ?? connectionOf((first as Partial<IncomingMessage>).socket)
      if (event === 'clientError') return known === undefined || mayHearOf(first as Error, known)
      return mayUpgrade(() => deliver(event, ...args), first as IncomingMessage, socket, known)
    },
    adopt(socket) {
      if (socket.destroyed) return
      if (parserOn(socket) === null || isUpgrading(requestOn(socket))) connections.upgrade({}, socket)
      else connections.accept(socket).bytesWhenIdle = socket.bytesRead
    },
    announce() {
      for (const connection of connections) connections.sweep(connection)
      connections.exchangeEnded = (exchange) => {
        if (!exchange.isProbe && wasAnswered(exchange)) finished++
        leftOut.ended(exchange)
        const { exchanges, isOpen, leaving, overrun } = exchange.connection
        // Its client has been promised that it stays open, but nothing more can be read on it.
        if (overrun && isOpen && !leaving && exchanges.length === 0) hangUp(clock, exchange.connection)
        if (connections.inFlight === 0) context.watcher?.changed()
        if (!upgrades.ended(exchange.connection)) discard(exchange.connection)
      }
      connections.connectionEnded = (connection) => {
        if (connection.early) kept--
        closing.ended(connection)
        context.watcher?.changed()
      }
      kept = connections.size
      for (const connection of connections) {
        connection.early = true
        try {
          exchangesOf(connection).forEach(asked)
          if (!connection.isCounted && connection.upgrade === undefined) adoptWork(connection)
          connections.reconcile(connection)
        } catch {
          // What an application has done to the objects of one connection costs the others nothing.
        }
      }
      offerUpgraded()
    },
    askToGo(patience) {
      offerUpgraded()
      closing.reapUnspoken(patience)
      if (context.endsEventStreams) endEventStreams(clock, [...connections].flatMap(exchangesOf), patience)
    },
    closeIdle: closing.closeIdle,
    except(request) {
      const isIt = ({ req }: Exchange) => req === request
      const exchange = [...connections].flatMap(exchangesOf).find(isIt)
      if (exchange !== undefined) return leftOut.leaveOut(exchange)
      for (const connection of connections) {
        const { upgrade } = connection
        if (upgrade?.req === request) return leftOut.leaveOutUpgraded(connection, upgrade)
      }
      return undefined
    },
    unfinished: closing.unfinished,
    cut: closing.cut,
    stop: closing.stop,
  }
}
