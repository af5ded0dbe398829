import type { Server } from 'node:net'
import { hearOnce } from '../servers/node-channels.js'

/** What Node tells when a server is to listen. */
interface ListenMessage {
  readonly server: object
  readonly options?: { readonly reusePort?: boolean }
}

// From import on: Node keeps nothing of it.
const sharing = hearOnce('tracing:net.server.listen:asyncStart', 'lameduck.shared-port.v1', () => {
  const heard = new WeakSet<object>()
  const listener = (message: unknown) => {
    const { server, options } = message as ListenMessage
    if (options?.reusePort === true) heard.add(server)
    else heard.delete(server)
  }
  return { heard, listener }
})

/** Whether others may listen on this server's port with a queue of their own: it was asked to `listen({ reusePort: true })`. */
export const sharesPort = (server: Server): boolean => sharing.has(server)
