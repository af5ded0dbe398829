import type { Socket } from 'node:net'
import { isStalled } from './node-fields.js'

const ignore = () => {}

/**
 * Node stops reading where a request comes while too much of an earlier answer waits. Over TLS, what has been decrypted by then
 * goes to its parser all the same: that fails (`HPE_PAUSED`), and a whole request is lost. It happens to plain Node now and
 * then, and to all whose answers go out at once when the listener has closed. A listener of `data` makes Node read by way of
 * the stream, which keeps what comes until it is to go on. To be called in the event of the request.
 */
export function readInOrder(socket: Socket): void {
  if (!isStalled(socket) || !('encrypted' in socket)) return
  socket.on('data', ignore).off('data', ignore)
  readAnew(socket)
}

/** Makes a stream read that takes itself to be reading, while Node has stopped its connection below it. */
export function readAnew(socket: Socket): void {
  socket.push('')
}
