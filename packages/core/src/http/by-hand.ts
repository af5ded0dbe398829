import type { ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { takeOver } from './hand-over.js'
import { parserOn } from './node-fields.js'

/**
 * Whether a socket that is not known is one on which Node serves requests. Others are made by hand, with a socket that is
 * none, by what turns the events of a platform into requests, and by test kits.
 */
export const isServed = (socket: Socket | null | undefined): socket is Socket =>
  socket instanceof Duplex && Boolean(parserOn(socket as Socket))

/**
 * A connection to nobody for a response that was made by hand: it ends with the response, which need not tell when it
 * closes; one that tells nothing has none.
 */
export function standInFor(res: ServerResponse): Socket {
  const socket = new Socket()
  // It is no connection that the report should count.
  takeOver(socket)
  if (typeof res.on === 'function') {
    for (const event of ['finish', 'close']) res.on(event, () => socket.destroy())
  } else {
    socket.destroy()
  }
  return socket
}
