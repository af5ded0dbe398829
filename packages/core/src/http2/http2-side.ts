import type {
  Http2ServerRequest,
  IncomingHttpHeaders,
  ServerHttp2Session,
  ServerHttp2Stream,
} from 'node:http2'
import type { Cut } from '../drain/cut.js'
import { farewell } from '../http/leave.js'
import { compatibilityOf, isHead, streamsOn } from '../http/node-fields.js'
import type { ServerContext } from '../http/server-context.js'
import type { Tap } from '../http/server-tap.js'
import type { Side } from '../http/side.js'
import { answerForHandler, cancel, isCutShort, noError, sendProbe, sendUnavailable } from './answers.js'
import { endEventStreams, endInOrder, isEventStream } from './event-streams.js'
import { createSessionClosing } from './session-closing.js'
import { createSessionTracker, type Session } from './sessions.js'
import { createStreamTracker, headersOf, responseOf, startOf, writesTo } from './streams.js'

/** The sessions of a server that speaks HTTP/2, and the requests on them. */
export interface Http2Side extends Side {
  /** A connection speaks HTTP/2, or will: its preface may not have come. */
  accept(session: ServerHttp2Session): void
  /** A session was open before the server was attached: it becomes known with what it is busy with. */
  adopt(session: ServerHttp2Session): void
  /** Serves a request, or answers in place of the application. */
  readonly stream: Tap
}

/** A stream that carries another protocol (RFC 9113 §8.5, RFC 8441). */
const isTunnel = (stream: ServerHttp2Stream) => headersOf(stream)[':method'] === 'CONNECT'

/**
 * A handler that has answered and left the rest of the body paused, or destroyed the request (a pipeline that failed half
 * way does), would hold the stream: reads it to its end.
 */
function readOn(this: ServerHttp2Stream): void {
  const request: Http2ServerRequest | undefined = responseOf(this)?.req
  // It takes nothing any more, and Node pauses the stream at every piece.
  if (request?.destroyed) this.removeAllListeners('data').on('data', () => {})
  else request?.once('close', () => readOn.call(this))
  // What nobody has begun to read, Node ends itself.
  if (request?.isPaused()) request.resume()
  if (this.isPaused()) this.resume()
}

/** Ends what a handler has not ended; what it says later is swallowed. */
function endByForce(stream: ServerHttp2Stream): void {
  if (!stream.headersSent) answerForHandler(stream)
  else if (isTunnel(stream)) endInOrder(stream)
  else cancel(stream)
}

/** Creates the HTTP/2 side of a server. */
export function createHttp2Side(context: ServerContext): Http2Side {
  const { clock, probes } = context
  const streams = createStreamTracker(context.now)
  // Node closes the streams in this very turn, if it does.
  const sessions = createSessionTracker(context.now, (session) =>
    clock.nextTurn(() => streams.abandon(session)),
  )
  const closing = createSessionClosing(clock, sessions, ({ streams: { size } }) => size > 0, {
    dismiss: ({ probes: open }) => [...open].forEach(dismiss),
    // They are dismissed in a way of their own.
    isOwed: ({ probes: open }) => open.size > 0,
  })
  let finished = 0

  /** Ends a probe whose body never comes, whose answer is not read, or whose checks hang: that gets its answer first. */
  const dismiss = (stream: ServerHttp2Stream) => {
    if (stream.headersSent) return cancel(stream)
    sendUnavailable(stream)
    stream.once(
      'close',
      clock.after(farewell, () => cancel(stream)),
    )
  }

  const inFlight = () => [...sessions].flatMap((session) => [...session.streams])

  /** A stream goes on by itself; an upload under its answer does not. */
  const isLong = (stream: ServerHttp2Stream) =>
    stream.headersSent && (isTunnel(stream) || stream.endAfterHeaders || stream.readableEnded)

  /** What only a drain needs of a stream. */
  const watch = (stream: ServerHttp2Stream) => {
    stream.on('finish', readOn)
    if (stream.headersSent) return
    const { respond } = stream
    stream.respond = (...args) => {
      respond.apply(stream, args)
      if (context.endsEventStreams && context.step === 'closed' && isEventStream(stream)) {
        clock.nextTurn(() => endInOrder(stream))
      }
    }
  }

  const describe = (kind: string, remoteAddress: string | undefined, since: number): Cut => ({
    kind,
    age: Math.round(clock.now() - since),
    ...(remoteAddress === undefined ? {} : { remoteAddress }),
  })

  const describeStream = (stream: ServerHttp2Stream, { socket }: Session): Cut => {
    const { ':method': method = '', ':path': path = '' } = headersOf(stream)
    const kind = isTunnel(stream) ? 'upgraded' : 'request'
    const { age, ...rest } = describe(kind, socket.remoteAddress, startOf(stream))
    return { ...rest, method, path: path.replace(/\?.*/s, ''), age }
  }

  /** Says which probe it is, if it is one. */
  const begin = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, session: Session) => {
    const probe = context.probeOf(headers[':method'], headers[':path'])
    const isNew = streams.begin(stream, headers, session, probe !== undefined)
    if (isNew && context.step !== 'serving') {
      watch(stream)
      closing.workChanged(session)
    }
    return probe
  }

  const serve: Tap = (deliver, event, args) => {
    const [stream, headers, flags, rawHeaders] = args as [
      ServerHttp2Stream,
      IncomingHttpHeaders,
      number,
      string[],
    ]
    const { session } = stream
    // Its client has gone before it could be served.
    if (session === undefined || stream.destroyed) return deliver(event, stream, headers, flags, rawHeaders)
    const path = headers[':path']
    const record = sessions.accept(session as ServerHttp2Session)
    const probe = begin(stream, headers, record)
    if (probe !== undefined) {
      sendProbe(stream, probes.answer(probe, path ?? ''))
      return true
    }
    context.countRequest(record, path, headers)
    if (context.isRejected(record.early)) {
      sendUnavailable(stream)
      return true
    }
    return deliver(event, stream, headers, flags, rawHeaders)
  }

  return {
    get inFlight() {
      return streams.inFlight
    },
    hasOnlyLongWork: () => inFlight().every(isLong),
    get connections() {
      return sessions.size
    },
    get finished() {
      return finished
    },
    get kept() {
      return sessions.kept
    },
    closed: closing.counts,
    accept: sessions.accept,
    adopt(session) {
      const record = sessions.accept(session)
      for (const stream of streamsOn(session)) {
        const { request, response } = compatibilityOf(stream)
        if (response !== undefined) writesTo(stream, response)
        // Node keeps them only for the compatibility API.
        begin(stream, request?.headers ?? (isHead(stream) ? { ':method': 'HEAD' } : {}), record)
      }
    },
    stream: serve,
    announce() {
      sessions.markEarly()
      streams.streamEnded = (stream, session) => {
        const isRequest = !isTunnel(stream) && !isCutShort(stream)
        // While a file is sent, the stream says that it is finished from the beginning: also if it is reset then.
        const isWhole = stream.writableFinished && !stream.aborted && stream.rstCode === noError
        if (isRequest && isWhole) finished++
        closing.workChanged(session)
        if (streams.inFlight === 0) context.watcher?.changed()
      }
      sessions.sessionEnded = (session) => {
        closing.ended(session)
        context.watcher?.changed()
      }
      for (const stream of inFlight()) {
        watch(stream)
        if (stream.writableFinished) readOn.call(stream)
      }
    },
    askToGo(patience) {
      closing.askAll(patience)
      if (context.endsEventStreams) endEventStreams(clock, inFlight(), patience)
    },
    closeIdle: closing.closeIdle,
    except(request) {
      const isIt = (each: ServerHttp2Stream) => each === request || responseOf(each)?.req === request
      const stream = inFlight().find(isIt)
      if (stream === undefined) return undefined
      const session = streams.leaveOut(stream)
      closing.workChanged(session)
      const answered = new Promise<void>((resolve) => session.socket.once('close', () => resolve()))
      const end = () => {
        if (stream.writableEnded || stream.destroyed) return undefined
        endByForce(stream)
        return describeStream(stream, session)
      }
      return { answered, end }
    },
    unfinished: () => [
      ...[...sessions].flatMap((session) =>
        [...session.streams].map((stream) => describeStream(stream, session)),
      ),
      ...closing.stuck().map(({ socket, since }) => describe('session', socket.remoteAddress, since)),
    ],
    cut: () => closing.cut(({ streams: unfinished }) => [...unfinished].forEach(endByForce)),
    stop: closing.stop,
  }
}
