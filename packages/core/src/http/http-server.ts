import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'
import type { Clock } from '../clock.js'
import { createCoarseClock } from '../coarse-clock.js'
import type { Drainable, DrainWatcher } from '../drainable.js'
import type { ProbeResponder } from '../probe-responder.js'
import type { RequestHeaders } from '../probes.js'
import { createRateMeter } from '../rate.js'
import { isCutShort, sendProbe, writeUnavailable } from './answers.js'
import { createClosing } from './closing.js'
import {
  type Connection,
  connectionOf,
  createConnectionTracker,
  type Exchange,
  exchangesOf,
  lastExchange,
  readOn,
} from './connections.js'
import { endEventStreams, endInOrder, isEventStream } from './event-streams.js'
import { createHandshakes } from './handshakes.js'
import { askToLeave, discardInput } from './leave.js'
import { acceptQuietly } from './quiet-accept.js'
import { type Tap, tapServer } from './server-tap.js'

/** What an HTTP server needs to know of its lifecycle. */
export interface HttpDrainableOptions {
  readonly clock: Clock
  readonly probes: ProbeResponder
  /** Whether a request that is no probe by its path is a sign of traffic. */
  readonly isTraffic: (url: string | undefined, headers: RequestHeaders) => boolean
}

/** Whether all of a response went to the kernel. Node 20 and 22 say so, too, of one whose socket was destroyed. */
const wasDelivered = ({ res, connection: { socket } }: Exchange) =>
  res.writableFinished && !(socket.destroyed && socket.writableLength > 0)

const held = new WeakMap<Connection, Set<() => void>>()

/** The requests of a connection that are not handed on yet. */
function heldBack(connection: Connection): Set<() => void> {
  const known = held.get(connection)
  if (known !== undefined) return known
  const waiting = new Set<() => void>()
  held.set(connection, waiting)
  // Node gives up on requests without an answer when their client has said FIN: before that, they are handed on.
  connection.socket.prependListener('end', () => {
    for (const handOn of waiting) handOn()
  })
  return waiting
}

/** Makes a server of `node:http` or `node:https` drainable. From now on it answers probes ahead of its listeners. */
export function createHttpDrainable(server: Server, options: HttpDrainableOptions): Drainable {
  const { clock, probes, isTraffic } = options
  const isTls = 'setSecureContext' in server
  const now = createCoarseClock(clock)
  const connections = createConnectionTracker(now)
  const handshakes = createHandshakes(() => {
    closing.changed()
    watcher?.changed()
  })
  const requests = createRateMeter(clock.now())
  const closing = createClosing(clock, connections, handshakes)
  let watcher: DrainWatcher | undefined
  const arrivals = { count: 0, lastAt: 0 }
  let finished = 0
  let step: 'serving' | 'leaving' | 'closing' | 'closed' | 'released' = 'serving'
  let atTheDoor: (() => void)[] = []

  const stopListening = () => NetServer.prototype.close.call(server)

  const onConnection = (socket: Socket) => {
    arrivals.count++
    arrivals.lastAt = clock.now()
    if (isTls) handshakes.began(socket)
    else connections.accept(socket)
  }

  const onSecureConnection = (socket: Socket) => {
    handshakes.finished(socket)
    connections.accept(socket)
  }

  const countRequest = (connection: Connection, req: IncomingMessage) => {
    if (!connection.served && isTraffic(req.url, req.headers)) {
      connection.served = true
      if (step !== 'serving') watcher?.arrived()
    }
    if (connection.served) requests.count(now())
  }

  const discard = (connection: Connection, req: IncomingMessage) => {
    if (!connection.overrun) discardInput(connection)
    connection.overrun = true
    req.resume()
    return true
  }

  const headSent = (exchange: Exchange) => {
    if (step === 'closed' && isEventStream(exchange.res)) clock.nextTurn(() => endInOrder(exchange.res))
  }

  const probeOf = ({ method, url }: IncomingMessage) =>
    method === 'GET' || method === 'HEAD' ? probes.match(url) : undefined

  /** What is paid for every request is here: no closure, no copy of the arguments. */
  const serve: Tap = (deliver, event, args) => {
    const [req, res] = args as [IncomingMessage, ServerResponse]
    const probe = probeOf(req)
    const connection = connections.begin(req, res, probe !== undefined)
    if (probe !== undefined) {
      sendProbe(req, res, probes.answer(probe, req.url ?? ''))
      return true
    }
    countRequest(connection, req)
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
    if (step === 'closing') atTheDoor.push(handOn)
    else clock.nextTurn(handOn)
  }

  /** The same while draining. */
  const serveAndAskToLeave: Tap = (deliver, event, args) => {
    const [req, res] = args as [IncomingMessage, ServerResponse]
    const known = connectionOf(req.socket)
    if (known?.leaving) return discard(known, req)

    const probe = probeOf(req)
    const connection = connections.begin(req, res, probe !== undefined)
    if (probe === undefined) countRequest(connection, req)
    const exchange = lastExchange(connection)
    if (exchange !== undefined) askToLeave(clock, exchange, headSent)
    const isRejected = step === 'closed' && watcher?.rejectLate
    const handle = () => {
      if (probe !== undefined) sendProbe(req, res, probes.answer(probe, req.url ?? ''))
      else if (isRejected) writeUnavailable(res)
      else deliver(event, req, res)
    }
    handOnLater(connection, handle)
    return true
  }

  tapServer(server, (deliver, event, args) => {
    switch (event) {
      case 'request':
      case 'checkContinue':
      case 'checkExpectation':
        return step === 'serving' ? serve(deliver, event, args) : serveAndAskToLeave(deliver, event, args)
      case 'connection':
        onConnection(args[0] as Socket)
        break
      case 'secureConnection':
        onSecureConnection(args[0] as Socket)
        break
      case 'upgrade':
      case 'connect':
        connections.upgrade(args[0] as IncomingMessage)
        break
      case 'listening':
        if (step === 'serving' || step === 'released') break
        stopListening()
        return false
      case 'close':
        // What hangs on this event (a database, Fastify's second server) must wait for every server of the lifecycle.
        if (step !== 'serving' && step !== 'released') return false
        break
    }
    return deliver(event, ...args)
  })

  const closeListener = () => {
    if (step === 'closed') return
    step = 'closed'
    if (server.listening) stopListening()
    const waiting = atTheDoor
    atTheDoor = []
    // Each on its own: one that throws is an uncaught exception, and not the others' problem.
    for (const handOn of waiting) clock.nextTurn(handOn)
  }

  return {
    kind: isTls ? 'https' : 'http',
    get listening() {
      return server.listening
    },
    get inFlight() {
      return connections.inFlight + connections.upgraded
    },
    get connections() {
      return connections.size + handshakes.size
    },
    get finished() {
      return finished
    },
    closed: closing.counts,
    get keepAliveTimeout() {
      return server.keepAliveTimeout
    },
    rate: () => requests.perSecond(clock.now()),
    announce(drainWatcher) {
      watcher = drainWatcher
      step = 'leaving'
      connections.exchangeEnded = (exchange) => {
        if (!exchange.isProbe && !isCutShort(exchange.res) && wasDelivered(exchange)) finished++
        if (connections.inFlight === 0) watcher?.changed()
      }
      connections.connectionEnded = (connection) => {
        closing.ended(connection)
        watcher?.changed()
      }
      for (const exchange of [...connections].flatMap(exchangesOf)) {
        askToLeave(clock, exchange, headSent)
        if (exchange.res.closed) readOn(exchange.req)
      }
    },
    async stopAccepting(patience) {
      // Whoever gets no answer in these few milliseconds does not connect anew either, so that the queue can empty.
      step = 'closing'
      if (server.listening) await acceptQuietly(clock, () => arrivals, server)
      closeListener()
      closing.reapUnspoken(patience)
      endEventStreams(clock, [...connections].flatMap(exchangesOf), patience)
    },
    closeIdle: closing.closeIdle,
    unfinished: closing.unfinished,
    cut() {
      closeListener()
      return closing.cut()
    },
    release() {
      if (step === 'released') return
      step = 'released'
      closing.stop()
      // Not before: it cuts idle connections and responses that are ended but not flushed. Now it ends Node's own timer.
      server.close()
    },
  }
}
