import type { Socket } from 'node:net'

/** TCP connections of a TLS server whose handshake is not over: the HTTP server does not know them. */
export interface Handshakes {
  readonly size: number
  /** A TCP connection was accepted. */
  began(socket: Socket): void
  /** Its handshake is over; `secure` carries it on. */
  finished(secure: Socket): void
  /** Closes all of them; returns how many there were. */
  closeAll(): number
}

const peer = ({ remoteAddress, remotePort, localPort }: Socket) =>
  `${remoteAddress} ${remotePort} ${localPort}`

/** Creates an empty set; `ended` is called when the last one is gone. */
export function createHandshakes(ended: () => void): Handshakes {
  const sockets = new Map<string, Socket>()
  return {
    get size() {
      return sockets.size
    },
    began(socket) {
      const key = peer(socket)
      sockets.set(key, socket)
      socket.once('close', () => {
        if (sockets.get(key) === socket) sockets.delete(key)
        if (sockets.size === 0) ended()
      })
    },
    finished(secure) {
      sockets.delete(peer(secure))
    },
    closeAll() {
      const open = [...sockets.values()]
      for (const socket of open) socket.destroy()
      return open.length
    },
  }
}
