import type { EventEmitter } from 'node:events'

/** An event on its way to a server's listeners. */
export type Deliver = (event: string, ...args: unknown[]) => boolean

/** Sees a server's events before its listeners do, and decides whether they see them at all. */
export type Tap = (deliver: Deliver, event: string, args: unknown[]) => boolean

/**
 * Puts `tap` between a server and its listeners, by an `emit` of the server's own.
 *
 * A listener could not do this: one in front cannot keep a probe from the application behind it, and moving the
 * application's listeners elsewhere breaks everybody who removes or wraps them later (hot reloading, Engine.IO).
 */
export function tapServer(server: EventEmitter, tap: Tap): void {
  const before = Object.hasOwn(server, 'emit') ? server.emit : undefined
  const deliver: Deliver = (event, ...args) => {
    const emit = before ?? (Object.getPrototypeOf(server) as EventEmitter).emit
    return emit.call(server, event, ...args)
  }
  Object.defineProperty(server, 'emit', {
    configurable: true,
    writable: true,
    enumerable: false,
    value: (event: string, ...args: unknown[]) => tap(deliver, event, args),
  })
}
