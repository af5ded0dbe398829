import type { Server } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'

/** The equipment of a server that nothing is known of but how to close idle connections as well as anybody could. */
export const reference = 'reference'

/**
 * On SIGTERM, `delay` milliseconds later, closes each idle connection in a turn of the event loop of its own: right after
 * what the kernel had for it was read. What is lost all the same is lost to the network, and to what a turn takes.
 */
export function closeOneByOne(server: Server, delay: number): void {
  const busy = new Map<Socket, boolean>()
  let isLeaving = false
  server.on('setSecureContext' in server ? 'secureConnection' : 'connection', (socket: Socket) => {
    busy.set(socket, false)
    socket.once('close', () => busy.delete(socket))
  })
  server.prependListener('request', ({ socket }, res) => {
    busy.set(socket, true)
    if (isLeaving) res.setHeader('connection', 'close')
    res.once('close', () => {
      if (busy.has(socket)) busy.set(socket, false)
    })
  })
  process.once('SIGTERM', async () => {
    isLeaving = true
    await sleep(delay)
    for (const socket of busy.keys()) {
      await nextTurn()
      if (busy.get(socket) === false) socket.end()
    }
    // Node's own would cut those whose clients have not hung up yet.
    NetServer.prototype.close.call(server, () => process.exit(0))
  })
}
