import type { EventEmitter } from 'node:events'
import type { ServerHttp2Session } from 'node:http2'
import { isAttached } from '../servers/attached.js'
import { hearOnce, listenChannel } from '../servers/node-channels.js'

/** The open sessions of one server that nobody has attached. */
interface Opened {
  readonly sessions: Set<ServerHttp2Session>
  readonly stop: () => void
}

function begin(server: EventEmitter): Opened {
  const sessions = new Set<ServerHttp2Session>()
  const note = (session: ServerHttp2Session) => {
    sessions.add(session)
    session.once('close', () => sessions.delete(session))
  }
  server.on('session', note)
  return { sessions, stop: () => void server.off('session', note) }
}

// Once a server is attached, it tells itself.
const opened = hearOnce(listenChannel, 'lameduck.sessions.v1', () => {
  const heard = new WeakMap<object, Opened>()
  const listener = (message: unknown) => {
    const { server } = message as { server?: EventEmitter }
    if (server === undefined || !('updateSettings' in server) || isAttached(server)) return
    if (!heard.has(server)) heard.set(server, begin(server))
  }
  return { heard, listener }
})

/** The sessions that `server` has open, since lameduck was imported. From then on the caller looks after them. */
export function takeEarlierSessions(server: object): ServerHttp2Session[] {
  const earlier = opened.get(server)
  if (earlier === undefined) return []
  opened.delete(server)
  earlier.stop()
  return [...earlier.sessions].filter(({ destroyed }) => !destroyed)
}
