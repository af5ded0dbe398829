import type { EventEmitter } from 'node:events'

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
