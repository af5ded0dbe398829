import type { Http2ServerResponse, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import type { Session } from './sessions.js'

const kSession = Symbol('lameduck.session')
const kHeaders = Symbol('lameduck.headers')
const kStartedAt = Symbol('lameduck.startedAt')
const kResponse = Symbol('lameduck.response')

/** A stream that carries a request, with what is known of it: on the stream itself, so that no object is made for it. */
interface RequestStream extends ServerHttp2Stream {
  [kSession]: Session
  [kHeaders]: IncomingHttpHeaders
  [kStartedAt]: number
  [kResponse]?: Http2ServerResponse
}

/** The requests in flight on HTTP/2 sessions: each until its stream has closed. */
export interface StreamTracker {
  /** Streams that have not closed, probes aside. */
  readonly inFlight: number
  /** Called when a stream has closed that is no probe. */
  streamEnded: ((stream: ServerHttp2Stream, session: Session) => void) | undefined
  /** False for one that was begun before, and is handed on within the process. */
  begin(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, session: Session, isProbe: boolean): boolean
  /** It is no work any more, and its session is not free of it. */
  leaveOut(stream: ServerHttp2Stream): Session
  /** The connection of these streams has closed: those of them that Node has not closed with it are over as well. */
  abandon(session: Session): void
}

/** The head of a request that has been begun. */
export const headersOf = (stream: ServerHttp2Stream): IncomingHttpHeaders =>
  (stream as RequestStream)[kHeaders]

/** When it began, in Unix milliseconds. */
export const startOf = (stream: ServerHttp2Stream): number => (stream as RequestStream)[kStartedAt]

/** Remembers which response of the compatibility API writes to its stream; one that is made by hand may have none. */
export function writesTo(stream: ServerHttp2Stream | undefined, response: Http2ServerResponse): void {
  if (stream !== undefined) (stream as RequestStream)[kResponse] = response
}

/** The response of the compatibility API that writes to a stream, if one does. */
export const responseOf = (stream: ServerHttp2Stream): Http2ServerResponse | undefined =>
  (stream as RequestStream)[kResponse]

/** What a stream's state says when the HTTP/2 library knows it no more: as of one that has not begun. */
const unknown = 1

/**
 * Whether an answer waits to be sent on a stream that the HTTP/2 library has done with. If nothing of its session's is on the
 * way either, its client has reset it, with no error: Node 20 waits for ever then.
 */
export const isForgotten = (stream: ServerHttp2Stream): boolean =>
  stream.closed &&
  !stream.destroyed &&
  stream.writableEnded &&
  !stream.writableFinished &&
  stream.state.state === unknown

/**
 * Creates a tracker. Node closes a stream when both sides have ended it or one has reset it, and every stream when its
 * session's connection closes; only the first versions of Node 20 forget some of those.
 *
 * @param now is asked for every request
 */
export function createStreamTracker(now: () => number): StreamTracker {
  let inFlight = 0

  const takeOut = (stream: RequestStream) => {
    const session = stream[kSession]
    const wasWork = session.streams.delete(stream)
    if (wasWork) inFlight--
    return wasWork
  }

  function closed(this: RequestStream) {
    const session = this[kSession]
    session.probes.delete(this)
    if (!takeOut(this)) return
    session.quietSince = now()
    tracker.streamEnded?.(this, session)
  }

  const tracker: StreamTracker = {
    get inFlight() {
      return inFlight
    },
    streamEnded: undefined,
    begin(begun, headers, session, isProbe) {
      const stream = begun as RequestStream
      if (!(isProbe ? session.probes : session.streams).add(stream)) return false
      stream[kSession] = session
      stream[kHeaders] = headers
      stream[kStartedAt] = now()
      session.worked = true
      if (!isProbe) inFlight++
      stream.on('close', closed)
      return true
    },
    leaveOut(stream) {
      const session = (stream as RequestStream)[kSession]
      takeOut(stream as RequestStream)
      session.leftOut++
      stream.once('close', () => {
        session.leftOut--
        session.quietSince = now()
      })
      return session
    },
    abandon({ streams }) {
      for (const stream of streams) closed.call(stream as RequestStream)
    },
  }
  return tracker
}
