import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import { Chain } from '../http/chain.js'

/** What is known of one HTTP/2 connection. */
export interface Session {
  readonly session: ServerHttp2Session
  /** The connection itself: `session.socket` is a proxy that ends with the session. */
  readonly socket: Socket
  /** When it was accepted, in Unix milliseconds. */
  readonly since: number
  /** Requests that are not finished. */
  readonly streams: Chain<ServerHttp2Stream>
  /** Probes that are not over: they are no work. */
  readonly probes: Chain<ServerHttp2Stream>
  /** It was open when the drain began. */
  early: boolean
  /** A stream has been opened on it. */
  worked: boolean
  /** A request that is no probe has come. */
  served: boolean
  /** Requests, unfinished ones, that the drain leaves out. */
  leftOut: number
  /** When the last stream ended, in Unix milliseconds. */
  quietSince: number
  /** It was asked to close. */
  leaving: boolean
  /** Its end is written and flushed; only the client's is awaited. */
  ended: boolean
}

/** Which sessions are open. */
export interface SessionTracker extends Iterable<Session> {
  readonly size: number
  /** Those that {@link SessionTracker.markEarly} has found, and that are open still. */
  readonly kept: number
  /** Called when a session's connection has closed. */
  sessionEnded: ((session: Session) => void) | undefined
  /** Whether `is` says so of an open session. */
  some(is: (session: Session) => boolean): boolean
  /** Gives the record of a session, which is made if it has none yet. */
  accept(session: ServerHttp2Session): Session
  /** Takes a session off, which is left alone from now on. */
  letGo(session: Session): void
  /** The drain begins: those that are open now were there before it. */
  markEarly(): void
}

const kSession = Symbol('lameduck.session')
type TrackedSession = ServerHttp2Session & { [kSession]?: Session }

/**
 * Creates a tracker without sessions.
 *
 * @param now is asked for every session
 * @param cutShort called when a session's connection has closed while it has streams
 */
export function createSessionTracker(
  now: () => number,
  cutShort?: (session: Session) => void,
): SessionTracker {
  const sessions = new Chain<Session>()
  let kept = 0

  const tracker: SessionTracker = {
    get size() {
      return sessions.size
    },
    get kept() {
      return kept
    },
    sessionEnded: undefined,
    accept(session: TrackedSession) {
      const known = session[kSession]
      if (known !== undefined) return known
      const ended = () => {
        tracker.letGo(record)
        if (record.streams.size > 0) cutShort?.(record)
      }
      const record: Session = {
        session,
        // The proxy hands `once` to the connection, which returns itself.
        socket: session.socket.once('close', ended) as Socket,
        since: now(),
        streams: new Chain(),
        probes: new Chain(),
        early: false,
        worked: false,
        served: false,
        leftOut: 0,
        quietSince: Number.NEGATIVE_INFINITY,
        leaving: false,
        ended: false,
      }
      session[kSession] = record
      sessions.add(record)
      return record
    },
    letGo(record) {
      if (!sessions.delete(record)) return
      if (record.early) kept--
      tracker.sessionEnded?.(record)
    },
    markEarly() {
      kept = sessions.size
      for (const record of sessions) record.early = true
    },
    some: (is) => sessions.some(is),
    [Symbol.iterator]: () => sessions[Symbol.iterator](),
  }
  return tracker
}
