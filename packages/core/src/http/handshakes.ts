import type { Socket } from 'node:net'
import type { Clock } from '../clock.js'
import { createGate } from '../drain/gate.js'
import { destroySocket } from './end-socket.js'
import { socketBelow } from './node-fields.js'
import type { Side } from './side.js'

/** TCP connections of a TLS server whose handshake is not over: the HTTP server does not know them. */
export interface Handshakes extends Side {
  /** Those that are open. */
  open(): Socket[]
  /** A TCP connection was accepted. */
  began(socket: Socket): void
  /** Its handshake is over; `secure` carries it on. */
  secured(secure: Socket): void
}

/** Tells a connection by its addresses, which a TLS socket shares with the one below it; by itself on a Unix socket. */
const identify = (socket: Socket): string | Socket =>
  socket.remotePort === undefined
    ? socket
    : `${socket.remoteAddress} ${socket.remotePort} ${socket.localPort}`

/** Creates an empty set; `overWithAll` is called when none is left. */
export function createHandshakes(clock: Clock, overWithAll: () => void): Handshakes {
  const sockets = new Map<string | Socket, Socket>()
  const gate = createGate()
  const closed: Record<string, number> = {}
  let isPatient = false
  let stop = () => {}

  const changed = () => {
    if (sockets.size > 0) return
    gate.notify()
    overWithAll()
  }

  const open = () => [...sockets.values()].filter(({ destroyed }) => !destroyed)

  const closeAll = () => {
    const left = open()
    for (const socket of left) destroySocket(socket)
    if (left.length > 0) closed['handshake'] = (closed['handshake'] ?? 0) + left.length
  }

  const closeAndWait = () => {
    closeAll()
    return gate.until(() => sockets.size === 0)
  }

  return {
    inFlight: 0,
    finished: 0,
    closed,
    get connections() {
      return sockets.size
    },
    open,
    began(socket) {
      const key = identify(socket)
      sockets.set(key, socket)
      socket.once('close', () => {
        if (sockets.get(key) === socket) sockets.delete(key)
        changed()
      })
    },
    secured(secure) {
      if (!sockets.delete(identify(secure))) sockets.delete(socketBelow(secure))
      changed()
    },
    announce() {},
    askToGo(patience) {
      const giveUp = () => {
        isPatient = false
        closeAll()
      }
      isPatient = patience > 0
      if (isPatient) stop = clock.after(patience, giveUp)
      else giveUp()
    },
    closeIdle: () => (isPatient ? gate.until(() => sockets.size === 0) : closeAndWait()),
    unfinished: () => [],
    cut: closeAndWait,
    stop: () => stop(),
  }
}
