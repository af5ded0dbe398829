import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { letGoIfOver } from '../servers/attached.js'

/** An event on its way to a server's listeners. */
export type Deliver = (event: string, ...args: unknown[]) => boolean

/** Sees a server's events before its listeners do, and decides whether they see them at all. */
export type Tap = (deliver: Deliver, event: string, args: unknown[]) => boolean

/** Whether nothing has to be done about a request but to hand it on. All that is paid for one before a drain is in here. */
export type Passes = (req: IncomingMessage | undefined, res: ServerResponse | undefined) => boolean

/**
 * Puts `tap` between a server and its listeners, by an `emit` of the server's own.
 *
 * A listener could not do this: one in front cannot keep a probe from the application behind it, and moving the
 * application's listeners elsewhere breaks everybody who removes or wraps them later (hot reloading, Engine.IO).
 *
 * @param passes is asked first: what it says yes to, `tap` does not see
 * @returns how to take it away
 */
export function tapServer(server: EventEmitter, tap: Tap, passes: Passes = () => false): () => void {
  // A tap that is over would be below this one.
  letGoIfOver(server)
  const before = Object.getOwnPropertyDescriptor(server, 'emit')
  const own = before && server.emit
  const emitOf = () => own ?? (Object.getPrototypeOf(server) as EventEmitter).emit
  const deliver: Deliver = (event, ...args) => emitOf().call(server, event, ...args)
  let current = tap
  const value = (event: string, ...args: unknown[]) =>
    event === 'request' && passes(args[0] as IncomingMessage, args[1] as ServerResponse)
      ? emitOf().call(server, event, args[0], args[1])
      : current(deliver, event, args)
  Object.defineProperty(server, 'emit', { configurable: true, writable: true, enumerable: false, value })
  return () => {
    // Somebody may have put something around it that goes on calling it.
    current = (_, event, args) => deliver(event, ...args)
    if (server.emit !== value) return
    if (before) Object.defineProperty(server, 'emit', before)
    else Reflect.deleteProperty(server, 'emit')
  }
}
