import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Exchange } from './exchanges.js'

/** A request after which a socket speaks another protocol. */
export interface Upgrade {
  /** The request itself, where it is known. */
  readonly req: object
  readonly method: string | undefined
  readonly url: string | undefined
  readonly startedAt: number
}

/** What is known of one connection that speaks HTTP/1. */
export interface Connection {
  readonly socket: Socket
  /** False once it has closed, or is another tracker's. */
  isOpen: boolean
  /** The unfinished ones, oldest first: almost always one at most. */
  readonly exchanges: Exchange[]
  /** `socket.bytesRead` when the last exchange ended: with more than that, the next head may have begun to arrive. */
  bytesWhenIdle: number
  /** Its requests are counted as they come, because Node does not tell what it is busy with; undefined before the first. */
  isCounted: boolean | undefined
  /** The last request that came and was not counted: what Node does not tell of it. */
  method: string | undefined
  url: string | undefined
  startedAt: number
  /** It was open when the drain began. */
  early: boolean
  /** A request that is no probe has come. */
  served: boolean
  /** The request by which the socket was given to another protocol, if it was. */
  upgrade: Upgrade | undefined
  /** The client was told that the connection closes: what still arrives is discarded. */
  leaving: boolean
  /** Something did still arrive. */
  overrun: boolean
  /** Takes it off the tracker that has it. */
  readonly forget: (connection: Connection) => void
}

const kConnection = Symbol('lameduck.connection')
type TrackedSocket = Socket & { [kConnection]?: Connection }

/** The connection of a socket that some tracker has accepted. */
export const connectionOf = (socket: Socket | null | undefined): Connection | undefined =>
  (socket as TrackedSocket | null | undefined)?.[kConnection]

/** Idle connections keep the last: longer ones would make a client's memory ours. */
const longestNoted = 250

/** Notes what Node does not tell of a request, or not any more when the application has had it. */
export function noteRequest(connection: Connection, { method, url }: IncomingMessage, now: number): void {
  connection.method = method
  connection.url = typeof url === 'string' && url.length <= longestNoted ? url : undefined
  connection.startedAt = now
}

/** Makes the connection of a socket, on which nothing has happened yet. */
export function createConnection(socket: Socket, forget: Connection['forget']): Connection {
  const connection: Connection = {
    socket,
    isOpen: true,
    exchanges: [],
    bytesWhenIdle: 0,
    isCounted: undefined,
    method: undefined,
    url: undefined,
    startedAt: 0,
    early: false,
    served: false,
    upgrade: undefined,
    leaving: false,
    overrun: false,
    forget,
  }
  ;(socket as TrackedSocket)[kConnection] = connection
  return connection
}
