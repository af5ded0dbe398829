import type { EventEmitter } from 'node:events'
import type {
  Http2ServerResponse,
  IncomingHttpHeaders,
  ServerHttp2Session,
  ServerHttp2Stream,
} from 'node:http2'
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

/** A request that had begun before its session was known. */
export interface EarlierStream {
  readonly stream: ServerHttp2Stream
  /** Node keeps them only for the compatibility API; otherwise there is no more than the method, if it is HEAD. */
  readonly headers: IncomingHttpHeaders
  /** The response of the compatibility API, if it is used. */
  readonly response: Http2ServerResponse | undefined
}

/** What Node keeps under a symbol of its own: the same on every version from 20 to 26, but nowhere public. */
function hidden(object: object, description: string): unknown {
  const key = Object.getOwnPropertySymbols(object).find((symbol) => symbol.description === description)
  return key && (object as Record<symbol, unknown>)[key]
}

/** The streams that a session has open. */
export function earlierStreamsOf(session: ServerHttp2Session): EarlierStream[] {
  const { streams } = (hidden(session, 'state') ?? {}) as { streams?: Map<number, ServerHttp2Stream> }
  return [...(streams?.values() ?? [])].map((stream) => {
    const request = hidden(stream, 'request') as { headers: IncomingHttpHeaders } | undefined
    const isHead = (stream as { headRequest?: boolean }).headRequest === true
    return {
      stream,
      headers: request?.headers ?? (isHead ? { ':method': 'HEAD' } : {}),
      response: hidden(stream, 'response') as Http2ServerResponse | undefined,
    }
  })
}
