import type { EventEmitter } from 'node:events'

/**
 * Whether `server` is another server of the application behind `main`: for `localhost` Fastify listens on every address
 * with a server each, hidden but for the request handler that they share.
 */
export function sharesHandler(server: object, main: EventEmitter): boolean {
  const { listeners } = server as Partial<EventEmitter>
  if (typeof listeners !== 'function') return false
  const handlers = main.listeners('request')
  return (server as EventEmitter).listeners('request').some((listener) => handlers.includes(listener))
}
