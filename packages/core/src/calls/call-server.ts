import type {
  Http2SecureServer,
  Http2Server,
  IncomingHttpHeaders,
  ServerHttp2Session,
  ServerHttp2Stream,
} from 'node:http2'
import type { Socket } from 'node:net'
import type { Clock } from '../clock.js'
import type { Drainable, DrainWatcher } from '../drain/drainable.js'
import { createGate, waitUntil } from '../drain/gate.js'
import { createHandshakes } from '../http/handshakes.js'
import { farewell } from '../http/leave.js'
import { createServerContext } from '../http/server-context.js'
import { createServerDrain } from '../http/server-drain.js'
import { tapServer } from '../http/server-tap.js'
import { noProbes } from '../probes/probe-responder.js'
import { markAttached } from '../servers/attached.js'
import { keepingClose } from '../servers/own-method.js'
import { type CallSide, createCallSide } from './call-side.js'
import type { Call, Calls } from './calls.js'

/** What a server of calls is like. */
export interface CallServerOptions {
  /** What the report calls it, and each of its calls that was cut. */
  readonly kind: string
  /** The protocol's own server, which is known by this as attached. */
  readonly server: object
  /** The method by which an application closes that server, if it has one: it takes a callback. */
  readonly closeMethod?: string
  /** Called while draining, before the listeners close: servers that are not known yet can still be included. */
  readonly closing: () => void
  /** Called at the cutoff for a stream that has no answer and no call: something keeps it from being one. */
  readonly refuse: (stream: ServerHttp2Stream) => void
  /** Whether a path is asked to learn how the server is: such a stream is nobody's work. */
  readonly isProbe: (path: string) => boolean
  /** The call of a handler that was called with this, if there is one. */
  readonly callOf?: (given: object) => Call | undefined
  /** Called when no call is left and every session was asked to close. */
  readonly closed: () => void
  /** Called when nothing is left of the drain. */
  readonly released: () => void
}

/** A server whose protocol runs over HTTP/2 and whose calls an adapter counts: gRPC. */
export interface CallServer extends Drainable {
  /**
   * Takes in one of the servers of `node:http2` that carry the calls, with the sessions that it has already. One that is
   * known is ignored; one that comes while draining takes part in what has already happened.
   */
  include(server: Http2Server | Http2SecureServer, sessions: Iterable<ServerHttp2Session>): void
}

interface Carrier {
  readonly drainable: Drainable
  readonly side: CallSide
}

/** Makes one of the servers behind a server of calls drainable. */
function createCarrier(
  clock: Clock,
  { kind, refuse, isProbe }: CallServerOptions,
  server: Http2Server | Http2SecureServer,
  sessions: Iterable<ServerHttp2Session>,
): Carrier {
  const isTls = 'setSecureContext' in server
  const context = createServerContext({
    clock,
    probes: noProbes,
    isTraffic: () => true,
    endsEventStreams: false,
  })
  const side = createCallSide(context, refuse)
  const handshakes = createHandshakes(clock, () => context.watcher?.changed())
  const { drainable, listenerEvent } = createServerDrain(kind, server, context, [side, handshakes])
  // A session that has just been destroyed is still listed, and has no connection any more.
  for (const session of sessions) if (!session.destroyed) side.accept(session)

  tapServer(server, (deliver, event, args) => {
    if (event === 'session') side.accept(args[0] as ServerHttp2Session)
    else if (event === 'stream') {
      const [stream, headers] = args as [ServerHttp2Stream, IncomingHttpHeaders]
      if (isProbe(headers[':path'] ?? '')) side.probed(stream)
    } else if (event === 'connection' && isTls) handshakes.began(args[0] as Socket)
    const isHeard = listenerEvent(deliver, event, args)
    // Only now is there a session: at no time is a connection nobody's.
    if (event === 'secureConnection') handshakes.secured(args[0] as Socket)
    return isHeard
  })
  return { drainable, side }
}

/** Creates a server of calls without a server of `node:http2`. */
export function createCallServer(clock: Clock, calls: Calls, options: CallServerOptions): CallServer {
  const { kind, server, closeMethod, closing, callOf, closed, released } = options
  const carriers = new Map<object, Carrier>()
  let watcher: DrainWatcher | undefined
  const gate = createGate()
  let isClosed = false
  /** Calls that the drain leaves out. */
  let leftOut = 0
  let isReleased = false
  /** What a server that comes late has to catch up with. */
  let stop: ((server: Drainable) => Promise<void>) | undefined

  const drainables = () => [...carriers.values()].map(({ drainable }) => drainable)
  const sides = () => [...carriers.values()].map(({ side }) => side)

  const all = async (work: (server: Drainable) => Promise<void>) => {
    await Promise.all(drainables().map(work))
  }

  const announceTo = ({ drainable, side }: Carrier, to: DrainWatcher) => {
    drainable.announce(to)
    for (const call of calls) side.began(call)
  }

  const callServer: CallServer = {
    kind,
    server,
    include(carrying, sessions) {
      if (carriers.has(carrying)) return
      const carrier = createCarrier(clock, options, carrying, sessions)
      carriers.set(carrying, carrier)
      markAttached(carrying)
      if (watcher !== undefined) announceTo(carrier, watcher)
      void stop?.(carrier.drainable)
    },
    get listening() {
      return drainables().some(({ listening }) => listening)
    },
    get inFlight() {
      return calls.size
    },
    get connections() {
      return drainables().reduce((sum, { connections }) => sum + connections, 0)
    },
    get kept() {
      return drainables().reduce((sum, { kept = 0 }) => sum + kept, 0)
    },
    hasIdle: () => false,
    get finished() {
      return calls.finished
    },
    get closed() {
      const total: Record<string, number> = {}
      for (const [reason, count] of drainables().flatMap((each) => Object.entries(each.closed))) {
        total[reason] = (total[reason] ?? 0) + count
      }
      return total
    },
    rate: calls.rate,
    announce(drainWatcher) {
      watcher = drainWatcher
      for (const carrier of carriers.values()) announceTo(carrier, drainWatcher)
      calls.watch({
        began(call) {
          for (const side of sides()) side.began(call)
        },
        ended(call) {
          for (const side of sides()) side.ended(call)
          if (calls.size > 0) return
          gate.notify()
          drainWatcher.changed()
        },
      })
    },
    stopAccepting(patience) {
      closing()
      calls.isRejecting = watcher?.rejectLate === true
      stop = (server) => server.stopAccepting(patience)
      return all(stop)
    },
    async closeIdle() {
      await all((server) => server.closeIdle())
      if (!isClosed) closed()
      isClosed = true
    },
    except(given) {
      const call = callOf?.(given)
      if (call === undefined) return undefined
      const seen = sides().map((side) => side.leaveOut(call))
      const over = () => {
        for (const each of seen) each.over()
      }
      if (!calls.leaveOut(call, over)) {
        over()
        return undefined
      }
      leftOut++
      const answered = Promise.all(seen.map(({ closed }) => closed)).then(() => {
        leftOut--
        if (isReleased && leftOut === 0) released()
      })
      const end = () => {
        if (call.isAnswered) return undefined
        call.end()
        return calls.describe(kind, call)
      }
      return { answered, end }
    },
    unfinished: () => [
      ...calls.unfinished(kind),
      ...drainables().flatMap((server) => [...server.unfinished()]),
    ],
    async cut() {
      calls.endAll()
      // Their statuses go out behind what is written already, if the clients read it.
      const until = clock.now() + farewell
      await waitUntil(
        clock,
        gate,
        () => until,
        () => calls.size === 0,
      )
      await all((server) => server.cut())
    },
    settle() {
      for (const each of drainables()) each.settle?.()
    },
    release() {
      for (const each of drainables()) each.release()
      isReleased = true
      if (leftOut === 0) released()
    },
    letGo() {
      for (const each of drainables()) each.letGo?.()
    },
  }
  return closeMethod === undefined ? callServer : keepingClose(callServer, server, closeMethod, 'nothing')
}
