import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import { farewell } from '../http/leave.js'
import { streamsOn } from '../http/node-fields.js'
import type { ServerContext } from '../http/server-context.js'
import type { Side } from '../http/side.js'
import { createSessionClosing } from '../http2/session-closing.js'
import { createSessionTracker, type Session } from '../http2/sessions.js'
import type { Call } from './calls.js'

/** The sessions of a server of `node:http2` whose streams are calls, which are counted elsewhere. */
export interface CallSide extends Side {
  accept(session: ServerHttp2Session): void
  /** A stream only asks how the server is. */
  probed(stream: ServerHttp2Stream): void
  /** While draining: a call goes on. Calls on other servers' sessions are ignored. */
  began(call: Call): void
  /** It is over. */
  ended(call: Call): void
  /** It goes on as nobody's work: its session is left alone, until `over` is called. Gives when that has closed. */
  leaveOut(call: Call): { readonly over: () => void; readonly closed: Promise<unknown> }
}

/** As {@link Call.peer} tells it. */
const peerOf = ({ socket: { remoteAddress, remotePort } }: Session) =>
  remotePort === undefined ? undefined : `${remoteAddress}:${remotePort}`

/**
 * Creates the side of one server.
 *
 * @param refuse answers a stream, at the cutoff, that has no answer and no call
 */
export function createCallSide(
  context: ServerContext,
  refuse: (stream: ServerHttp2Stream) => void,
): CallSide {
  const { clock } = context
  const sessions = createSessionTracker(context.now)
  // Which call is on which session matters while draining only: before, nothing is paid for it.
  // Nobody can tell the sessions of a Unix socket apart: its calls are work on each of them.
  const byPeer = new Map<string | undefined, Set<Session>>()
  const carriers = new Map<Call, readonly Session[]>()
  const work = new Map<Session, number>()
  const probes = new WeakSet<ServerHttp2Stream>()
  // A call is over when its status is queued, and one that another interceptor keeps has not begun.
  const isOwed = ({ session }: Session) =>
    streamsOn(session).some((stream) => !stream.writableFinished && !probes.has(stream))
  const closing = createSessionClosing(clock, sessions, (session) => work.has(session), { isOwed })

  const know = (session: Session) => {
    const peer = peerOf(session)
    const known = byPeer.get(peer) ?? new Set()
    byPeer.set(peer, known.add(session))
    session.socket.once('close', () => known.delete(session))
  }

  const addWork = (session: Session, by: 1 | -1) => {
    const count = (work.get(session) ?? 0) + by
    if (count > 0) work.set(session, count)
    else {
      work.delete(session)
      session.quietSince = clock.now()
    }
    closing.workChanged(session)
  }

  return {
    inFlight: 0,
    finished: 0,
    get connections() {
      return sessions.size
    },
    get kept() {
      return sessions.kept
    },
    closed: closing.counts,
    accept(session) {
      const record = sessions.accept(session)
      if (context.step !== 'serving') know(record)
    },
    probed(stream) {
      probes.add(stream)
    },
    began(call) {
      const found = [...(byPeer.get(call.peer()) ?? [])]
      carriers.set(call, found)
      for (const session of found) {
        session.worked = true
        // Who has just connected is no sign of traffic before the first call: probes connect to ask for health.
        if (!session.served) context.watcher?.arrived()
        session.served = true
        addWork(session, 1)
      }
    },
    ended(call) {
      for (const session of carriers.get(call) ?? []) addWork(session, -1)
      carriers.delete(call)
    },
    leaveOut(call) {
      const found = carriers.get(call) ?? []
      for (const session of found) session.leftOut++
      // A call is over when its status is queued: only the end of its connection tells that it is sent.
      const closed = found.map(({ socket }) => new Promise((resolve) => socket.once('close', resolve)))
      const over = () => {
        for (const session of found) session.leftOut--
      }
      return { over, closed: Promise.all(closed) }
    },
    announce() {
      sessions.markEarly()
      for (const session of sessions) {
        know(session)
        session.served = true
        session.worked = session.socket.bytesRead > 0
        // Its last call may have been answered just now.
        if (session.worked) session.quietSince = clock.now()
      }
      sessions.sessionEnded = (session) => {
        closing.ended(session)
        context.watcher?.changed()
      }
    },
    askToGo: closing.askAll,
    closeIdle: closing.closeIdle,
    // A call is over when its status is queued; the bytes of one that was answered just now get the farewell to go out.
    unfinished: () =>
      closing
        .stuck()
        .filter(({ quietSince }) => clock.now() - quietSince >= farewell)
        .map(({ socket: { remoteAddress }, since }) => ({
          kind: 'session',
          age: Math.round(clock.now() - since),
          ...(remoteAddress === undefined ? {} : { remoteAddress }),
        })),
    cut: () =>
      closing.cut(({ session, leftOut }) => {
        // One of its streams is to be answered still, and nobody knows which.
        if (leftOut > 0) return
        for (const stream of streamsOn(session)) {
          if (!stream.headersSent && !stream.destroyed) refuse(stream)
        }
      }),
    stop: closing.stop,
  }
}
