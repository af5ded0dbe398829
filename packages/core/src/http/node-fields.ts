import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerResponse, ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'

// What Node keeps on its objects and tells nobody: the same on every version from 20 to 26, but nowhere public. Each is
// looked for whenever it is needed, and none is believed to be there: `undefined` where it is not.

const read = (object: object | null | undefined, key: string | symbol): unknown =>
  (object as Readonly<Record<string | symbol, unknown>> | null | undefined)?.[key]

function readHidden(object: object, description: string): unknown {
  const key = Object.getOwnPropertySymbols(object).find((symbol) => symbol.description === description)
  return key && read(object, key)
}

/** The parser of a socket that speaks HTTP/1; `null` where it did, and speaks another protocol now. */
export const parserOn = (socket: Socket): object | null | undefined =>
  read(socket, 'parser') as object | null | undefined

/** The response whose turn it is on a connection of HTTP/1; those pipelined behind it cannot be reached. */
export const responseOn = (socket: Socket): ServerResponse | undefined =>
  (read(socket, '_httpMessage') ?? undefined) as ServerResponse | undefined

/** The request that was parsed last, or is being parsed; nothing where it is read and answered, with few exceptions. */
export const requestOn = (socket: Socket): IncomingMessage | undefined =>
  (read(parserOn(socket), 'incoming') ?? undefined) as IncomingMessage | undefined

/** Whether a request asks for another protocol, and is about to get it. */
export const isUpgrading = (req: IncomingMessage | undefined): boolean => read(req, 'upgrade') === true

/** Whether no more is read of a connection of HTTP/1 until more of its answers have been sent. */
export const isStalled = (socket: Socket): boolean => read(socket, '_paused') === true

/** Has Node not go on by itself with one where it has stopped. */
export const forgetStall = (socket: Socket): unknown => Object.assign(socket, { _paused: false })

/** Tells the parsers of a server's connections that are in the middle of a message, or before their first. */
export function busyParsersOf(server: object): (() => object[]) | undefined {
  const list = readHidden(server, 'http.server.connections') as { active?(): object[] } | undefined
  return typeof list?.active === 'function' ? () => list.active?.() ?? [] : undefined
}

/** The text of a head that was sent: what was given to `writeHead` alone is kept nowhere else. */
export const headTextOf = (res: ServerResponse): string => String(read(res, '_header') ?? '')

/** The socket below a TLS socket: there is no public way to it where addresses do not tell. */
export const socketBelow = (secure: Socket): Socket => (read(secure, '_parent') ?? secure) as Socket

/** What the system knows of a socket or a listener. */
interface Handle {
  listen?(backlog: number): number
  getpeername?(address: object): number
}

/** The handle of a socket or a server, while it has one. */
export const handleOf = (object: object): Handle | undefined =>
  (read(object, '_handle') ?? undefined) as Handle | undefined

/** By which address a server listens: a text that begins with 4 or 6, unless the listener was handed over or is a pipe. */
export const listenKeyOf = (server: object): string => String(read(server, '_connectionKey') ?? '')

/** The streams that a session of HTTP/2 has open. */
export function streamsOn(session: ServerHttp2Session): ServerHttp2Stream[] {
  const state = readHidden(session, 'state') as { streams?: Map<number, ServerHttp2Stream> } | undefined
  return [...(state?.streams?.values() ?? [])]
}

/** The request and the response of HTTP/2's compatibility API, where it serves a stream. */
export const compatibilityOf = (stream: ServerHttp2Stream) => ({
  request: readHidden(stream, 'request') as IncomingMessage | undefined,
  response: readHidden(stream, 'response') as Http2ServerResponse | undefined,
})

/** Whether a stream was asked for by HEAD. */
export const isHead = (stream: ServerHttp2Stream): boolean => read(stream, 'headRequest') === true
