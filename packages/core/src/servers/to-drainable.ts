import { Server as HttpServer } from 'node:http'
import type { Http2Server } from 'node:http2'
import { Server as HttpsServer } from 'node:https'
import { Server as NetServer } from 'node:net'
import { type Drainable, isDrainable } from '../drain/drainable.js'
import { LifecycleError } from '../errors.js'
import { createHttpDrainable } from '../http/http-server.js'
import type { HttpDrainableOptions } from '../http/server-context.js'
import { createHttp2Drainable } from '../http2/http2-server.js'
import { createEngineDrainable, engineOf } from '../websocket/engine-server.js'
import {
  createWebSocketDrainable,
  hiddenServerOf,
  isWebSocketServer,
  type WebSocketOptions,
} from '../websocket/web-socket-server.js'
import { isAttached, type LetGo, markAttached } from './attached.js'
import { notAServer } from './not-a-server.js'

/** What drainables need to know of their lifecycle. */
export interface DrainableOptions extends HttpDrainableOptions, WebSocketOptions {}

/** Told by a method that only these have: whoever serves HTTP/1 alone need not load `node:http2`. */
const isHttp2 = (server: unknown): server is Http2Server =>
  server instanceof NetServer && 'updateSettings' in server

/** Whether a server speaks HTTP/2 without TLS, and nothing else: who asks by HTTP/1 gets no answer. */
export const isClearTextHttp2 = (server: unknown): boolean =>
  isHttp2(server) && !('setSecureContext' in server)

const taken = 'attach: this server has a lifecycle already; share that one, or await its stop() first'

interface Kind {
  /** What carries the mark that it is attached. */
  readonly server: object
  readonly drain: (options: DrainableOptions) => Drainable
  /** Another server that it brings along. */
  readonly hidden?: HttpServer | undefined
}

function kindOf(value: unknown): Kind | undefined {
  if (value instanceof HttpServer || value instanceof HttpsServer) {
    return { server: value, drain: (options) => createHttpDrainable(value, options) }
  }
  if (isHttp2(value)) return { server: value, drain: (options) => createHttp2Drainable(value, options) }
  if (isDrainable(value)) return { server: value.server ?? value, drain: () => value }
  if (isWebSocketServer(value)) {
    const drain = (options: DrainableOptions) => createWebSocketDrainable(value, options)
    return { server: value, drain, hidden: hiddenServerOf(value) }
  }
  const engine = engineOf(value)
  const above = engine === value ? undefined : (value as object)
  return engine && { server: engine, drain: (options) => createEngineDrainable(engine, options, above) }
}

/** The HTTP server that a WebSocket or Socket.IO server hangs on, and that has to be attached as well. */
export function serverBelow(value: unknown): object | undefined {
  const { httpServer, options } = value as { httpServer?: unknown; options?: { server?: unknown } }
  const below = isWebSocketServer(value) ? options?.server : engineOf(value) && httpServer
  return below instanceof NetServer ? below : undefined
}

/**
 * Gives the drainables for whatever `attach()` was given: one, and another for an HTTP server hidden in it. From now on they are
 * marked with `letGo`.
 *
 * @throws {LifecycleError} NOT_A_SERVER, ALREADY_ATTACHED
 */
export function toDrainables(value: unknown, letGo: LetGo, options: DrainableOptions): Drainable[] {
  const kind = kindOf(value)
  if (kind === undefined) throw notAServer(value)
  if (isAttached(kind.server)) {
    throw new LifecycleError('ALREADY_ATTACHED', taken)
  }
  markAttached(kind.server, letGo)
  const isBroughtAlong = kind.hidden !== undefined && !isAttached(kind.hidden)
  return [...(isBroughtAlong ? toDrainables(kind.hidden, letGo, options) : []), kind.drain(options)]
}
