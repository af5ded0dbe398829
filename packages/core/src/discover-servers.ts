import { subscribe, unsubscribe } from 'node:diagnostics_channel'

const listenChannel = 'tracing:net.server.listen:asyncEnd'

/**
 * Calls `found` with every server of this process that begins to listen from now on: a framework's hidden second
 * server of `localhost` is among them.
 *
 * @returns how to stop
 */
export function discoverServers(found: (server: object) => void): () => void {
  const onListening = (message: unknown) => {
    const { server } = message as { server?: object }
    if (server !== undefined) found(server)
  }
  subscribe(listenChannel, onListening)
  return () => void unsubscribe(listenChannel, onListening)
}
