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

const kConnection = Symbol('lameduck.connection')
type TrackedSocket = Socket & { [kConnection]?: Connection }

/** What is known of one connection that speaks HTTP/1. */
export class Connection {
  readonly socket: Socket
  /** Takes it off the tracker that has it. */
  readonly forget: (connection: Connection) => void
  /** False once it has closed, or is another tracker's. */
  isOpen = true
  /** The unfinished ones, oldest first: almost always one at most. */
  readonly exchanges: Exchange[] = []
  /** `socket.bytesRead` when the last exchange ended: with more than that, the next head may have begun to arrive. */
  bytesWhenIdle = 0
  /** Its requests are counted as they come, because Node does not tell what it is busy with; undefined before the first. */
  isCounted: boolean | undefined
  /** The last request that came and was not counted: what Node does not tell of it. */
  method: string | undefined
  url: string | undefined
  startedAt = 0
  /** It was open when the drain began. */
  early = false
  /** A request that is no probe has come. */
  served = false
  /** The request by which the socket was given to another protocol, if it was. */
  upgrade: Upgrade | undefined
  /** The client was told that the connection closes: what still arrives is discarded. */
  leaving = false
  /** Something did still arrive. */
  overrun = false

  constructor(socket: Socket, forget: Connection['forget']) {
    this.socket = socket
    this.forget = forget
    ;(socket as TrackedSocket)[kConnection] = this
  }
}

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
