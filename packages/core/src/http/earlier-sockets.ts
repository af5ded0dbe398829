import type { EventEmitter } from 'node:events'
import { Server as HttpServer } from 'node:http'
import { Server as HttpsServer } from 'node:https'
import type { Socket } from 'node:net'
import { systemClock } from '../clock.js'
import { isAttached, kAttached, type LetGo } from '../servers/attached.js'
import { type AcceptedMessage, hearOnce, socketChannel } from '../servers/node-channels.js'
import { createHandshakes, type Handshakes } from './handshakes.js'

/** The open connections of one server that nobody has attached. */
interface Accepted {
  /** Those that speak HTTP/1, or did; with TLS, those that speak HTTP/2 as well. */
  readonly sockets: Set<Socket>
  /** Those of a TLS server that do not yet. */
  readonly handshakes: Handshakes
  readonly stop: () => void
}

function note(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket)
  socket.once('close', () => sockets.delete(socket))
}

const isTlsServer = (server: object) =>
  server instanceof HttpsServer || ('setSecureContext' in server && 'updateSettings' in server)

function begin(server: EventEmitter): Accepted {
  const sockets = new Set<Socket>()
  const handshakes = createHandshakes(systemClock, () => {})
  const secured = (socket: Socket) => {
    handshakes.secured(socket)
    note(sockets, socket)
  }
  if (isTlsServer(server)) server.on('secureConnection', secured)
  return { sockets, handshakes, stop: () => void server.off('secureConnection', secured) }
}

/** Once a server is attached, it tells itself; but who attaches it in a preload's place has to find what it has accepted until then. */
const isKept = (server: object) =>
  isAttached(server) && (server as { readonly [kAttached]?: LetGo })[kAttached]?.isForNow !== true

const accepted = hearOnce(socketChannel, 'lameduck.accepted.v1', () => {
  const heard = new WeakMap<object, Accepted>()
  const listener = (message: unknown) => {
    const { socket } = message as AcceptedMessage
    const server = socket?.server as EventEmitter | undefined
    if (socket === undefined || server === undefined || isKept(server)) return
    const isTls = isTlsServer(server)
    if (!isTls && !(server instanceof HttpServer)) return
    const connections = heard.get(server) ?? begin(server)
    heard.set(server, connections)
    if (isTls) connections.handshakes.began(socket)
    else note(connections.sockets, socket)
  }
  return { heard, listener }
})

/**
 * Makes the connections known that `server` has open, accepted since lameduck was imported: those in their TLS handshake
 * to `handshakes`, the others by `adopt`. From then on the caller looks after them.
 */
export function adoptEarlierSockets(
  server: object,
  handshakes: Handshakes,
  adopt: (socket: Socket) => void,
): void {
  const earlier = accepted.get(server)
  if (earlier === undefined) return
  accepted.delete(server)
  earlier.stop()
  for (const socket of earlier.handshakes.open()) handshakes.began(socket)
  for (const socket of earlier.sockets) adopt(socket)
}
