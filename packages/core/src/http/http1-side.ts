import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { sendProbe, wasAnswered, writeUnavailable } from './answers.js'
import { createClosing } from './closing.js'
import { type Connection, connectionOf, createConnectionTracker } from './connections.js'
import { adoptWork } from './earlier-work.js'
import { endEventStreams, endInOrder, isEventStream } from './event-streams.js'
import { type Exchange, exchangesOf } from './exchanges.js'
import { askToLeave, discardInput, letGoBehind, returnToResponse } from './leave.js'
import type { ServerContext } from './server-context.js'
import type { Tap } from './server-tap.js'
import type { Side } from './side.js'

/** The connections of a server that speak HTTP/1. */
export interface Http1Side extends Side {
  /** A connection speaks HTTP/1. */
  accept(socket: Socket): void
  /** Serves a request, or answers in place of the application. */
  readonly request: Tap
  /** A connection is given to another protocol; false if its client was told that it closes, and has to be refused. */
  upgrade(req: IncomingMessage, socket: Socket): boolean
  /** A connection was open before the server was attached: it becomes known with what it is busy with. */
  adopt(socket: Socket): void
}

const held = new WeakMap<Connection, Set<() => void>>()

/** The requests of a connection that are not handed on yet. */
function heldBack(connection: Connection): Set<() => void> {
  const known = held.get(connection)
  if (known !== undefined) return known
  const waiting = new Set<() => void>()
  held.set(connection, waiting)
  // Node gives up on requests without an answer when their client has said FIN, or has gone: before that, they are handed
  // on. A handler that came later would wait for ever for the end of a response that has ended.
  for (const event of ['end', 'close']) {
    connection.socket.prependListener(event, () => {
      for (const handOn of waiting) handOn()
    })
  }
  return waiting
}

/** Creates the HTTP/1 side of a server. */
export function createHttp1Side(context: ServerContext): Http1Side {
  const { clock, probes } = context
  const connections = createConnectionTracker(context.now)
  const closing = createClosing(clock, connections)
  let finished = 0

  const discard = (connection: Connection, req: IncomingMessage) => {
    if (!connection.overrun) discardInput(connection)
    connection.overrun = true
    req.resume()
    return true
  }

  const headSent = (exchange: Exchange) => {
    connections.heed(exchange)
    if (context.endsEventStreams && context.step === 'closed' && isEventStream(exchange)) {
      clock.nextTurn(() => endInOrder(exchange.res))
    }
  }

  /** What is paid for every request is here: no closure, no copy of the arguments. */
  const serve: Tap = (deliver, event, args) => {
    const [req, res] = args as [IncomingMessage, ServerResponse]
    const probe = context.probeOf(req.method, req.url)
    const { connection } = connections.begin(req, res, probe !== undefined)
    if (probe !== undefined) {
      sendProbe(req, res, probes.answer(probe, req.url ?? ''))
      return true
    }
    context.countRequest(connection, req.url, req.headers)
    return deliver(event, req, res)
  }

  /**
   * Hands a request on when its packet has been parsed: only then is it known whether it is whole, and whether another
   * is pipelined behind it. While the listener closes, it waits for that as well.
   */
  const handOnLater = (connection: Connection, handle: () => void) => {
    const waiting = heldBack(connection)
    const handOn = () => {
      if (waiting.delete(handOn)) handle()
    }
    waiting.add(handOn)
    if (context.step === 'closing') context.atTheDoor.push(handOn)
    else clock.nextTurn(handOn)
  }

  /** The same while draining. */
  const serveAndAskToLeave: Tap = (deliver, event, args) => {
    const [req, res] = args as [IncomingMessage, ServerResponse]
    const known = connectionOf(req.socket)
    if (known?.leaving) return discard(known, req)

    const probe = context.probeOf(req.method, req.url)
    const exchange = connections.begin(req, res, probe !== undefined)
    const { connection } = exchange
    if (probe === undefined) context.countRequest(connection, req.url, req.headers)
    askToLeave(clock, exchange, headSent)
    const isRejected = context.isRejected()
    const handle = () => {
      if (probe !== undefined) sendProbe(req, res, probes.answer(probe, req.url ?? ''))
      else if (isRejected) writeUnavailable(res)
      else deliver(event, req, res)
    }
    handOnLater(connection, handle)
    return true
  }

  return {
    get inFlight() {
      return connections.inFlight + connections.upgraded
    },
    get connections() {
      return connections.size
    },
    get finished() {
      return finished
    },
    closed: closing.counts,
    accept: connections.accept,
    request: (deliver, event, args) =>
      context.step === 'serving' ? serve(deliver, event, args) : serveAndAskToLeave(deliver, event, args),
    upgrade(req, socket) {
      const known = connectionOf(socket)
      if (known?.leaving) {
        returnToResponse(known)
        return !discard(known, req)
      }
      connections.upgrade(req, socket)
      return true
    },
    adopt(socket) {
      const found = (exchange: Exchange) => {
        if (context.step !== 'serving') askToLeave(clock, exchange, headSent)
      }
      adoptWork(connections, socket, { probes, found })
    },
    announce() {
      connections.exchangeEnded = (exchange) => {
        if (!exchange.isProbe && wasAnswered(exchange)) finished++
        if (connections.inFlight === 0) context.watcher?.changed()
      }
      connections.connectionEnded = (connection) => {
        closing.ended(connection)
        context.watcher?.changed()
      }
      for (const exchange of [...connections].flatMap(exchangesOf)) {
        askToLeave(clock, exchange, headSent)
      }
      connections.reconcile()
    },
    askToGo(patience) {
      closing.reapUnspoken(patience)
      if (context.endsEventStreams) endEventStreams(clock, [...connections].flatMap(exchangesOf), patience)
    },
    closeIdle: closing.closeIdle,
    except(request) {
      const isIt = ({ req }: Exchange) => req === request
      const exchange = [...connections].flatMap(exchangesOf).find(isIt)
      return exchange && letGoBehind(clock, exchange)
    },
    unfinished: closing.unfinished,
    cut: closing.cut,
    stop: closing.stop,
  }
}
