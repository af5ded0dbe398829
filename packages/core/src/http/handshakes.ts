import type { Socket } from 'node:net'

/** TCP connections of a TLS server whose handshake is not over: the HTTP server does not know them. */
export interface Handshakes {
  readonly size: number
  /** Those that are open. */
  open(): Socket[]
  /** A TCP connection was accepted. */
  began(socket: Socket): void
  /** Its handshake is over; `secure` carries it on. */
  finished(secure: Socket): void
  /** Closes all of them; returns how many there were. */
  closeAll(): number
}

/** Tells a connection by its addresses, which a TLS socket shares with the one below it; by itself on a Unix socket. */
const identify = (socket: Socket): string | Socket =>
  socket.remotePort === undefined
    ? socket
    : `${socket.remoteAddress} ${socket.remotePort} ${socket.localPort}`

/** The socket below a TLS socket: there is no public way to it where addresses do not tell. */
const below = (secure: Socket): Socket => (secure as Socket & { _parent?: Socket })._parent ?? secure

/** Creates an empty set; `ended` is called when the last one is gone. */
export function createHandshakes(ended: () => void): Handshakes {
  const sockets = new Map<string | Socket, Socket>()
  const open = () => [...sockets.values()].filter(({ destroyed }) => !destroyed)
  return {
    get size() {
      return sockets.size
    },
    began(socket) {
      const key = identify(socket)
      sockets.set(key, socket)
      socket.once('close', () => {
        if (sockets.get(key) === socket) sockets.delete(key)
        if (sockets.size === 0) ended()
      })
    },
    finished(secure) {
      if (!sockets.delete(identify(secure))) sockets.delete(below(secure))
    },
    open,
    closeAll() {
      const left = open()
      for (const socket of left) socket.destroy()
      return left.length
    },
  }
}
