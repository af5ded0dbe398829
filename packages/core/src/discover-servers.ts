import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { EventEmitter } from 'node:events'

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

/**
 * Whether `server` serves the same application as `main`, because they share a request handler: a framework that listens
 * on every address of `localhost`, or an application behind a server for http and one for https.
 */
export function sharesHandler(server: object, main: EventEmitter): boolean {
  const { listeners } = server as Partial<EventEmitter>
  if (typeof listeners !== 'function') return false
  const handlers = main.listeners('request')
  return (server as EventEmitter).listeners('request').some((listener) => handlers.includes(listener))
}
