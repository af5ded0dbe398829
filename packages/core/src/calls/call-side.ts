import type { ServerHttp2Session } from 'node:http2'
import { farewell } from '../http/leave.js'
import type { ServerContext } from '../http/server-context.js'
import type { Side } from '../http/side.js'
import { createSessionClosing } from '../http2/session-closing.js'
import { createSessionTracker, type Session } from '../http2/sessions.js'
import type { Call } from './calls.js'

/** The sessions of a server of `node:http2` whose streams are calls, which are counted elsewhere. */
export interface CallSide extends Side {
  accept(session: ServerHttp2Session): void
  /** While draining: a call goes on. Calls on other servers' sessions are ignored. */
  began(call: Call): void
  /** It is over. */
  ended(call: Call): void
}

/** As {@link Call.peer} tells it. */
const peerOf = ({ socket: { remoteAddress, remotePort } }: Session) => `${remoteAddress}:${remotePort}`

/** Creates the side of one server. */
export function createCallSide(context: ServerContext): CallSide {
  const { clock } = context
  const sessions = createSessionTracker(context.now)
  // Which call is on which session matters while draining only: before, nothing is paid for it.
  const byPeer = new Map<string, Session>()
  const carriers = new Map<Call, Session>()
  const work = new Map<Session, number>()
  const closing = createSessionClosing(clock, sessions, (session) => work.has(session))

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
    closed: closing.counts,
    accept(session) {
      const record = sessions.accept(session)
      if (context.step !== 'serving') byPeer.set(peerOf(record), record)
    },
    began(call) {
      const session = byPeer.get(call.peer())
      if (session === undefined) return
      carriers.set(call, session)
      session.worked = true
      // Who has just connected is no sign of traffic before the first call: probes connect to ask for health.
      if (!session.served) context.watcher?.arrived()
      session.served = true
      addWork(session, 1)
    },
    ended(call) {
      const session = carriers.get(call)
      carriers.delete(call)
      if (session !== undefined) addWork(session, -1)
    },
    announce() {
      for (const session of sessions) {
        byPeer.set(peerOf(session), session)
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
    cut: () => closing.cut(() => {}),
    stop: closing.stop,
  }
}
