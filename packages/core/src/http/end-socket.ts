import { Duplex } from 'node:stream'

/** Closes a socket at once. What somebody has put in the place of its `destroy` may fail: then Node's own closes it. */
export function destroySocket(socket: Duplex): void {
  try {
    socket.destroy()
  } catch {
    Duplex.prototype.destroy.call(socket)
  }
}

/** Says FIN on a socket, behind what is written; one that somebody does not let end is closed at once. */
export function endSocket(socket: Duplex, ended?: () => void): void {
  try {
    socket.end(ended)
  } catch {
    destroySocket(socket)
  }
}
