import { Server as HttpServer } from 'node:http'
import type { Http2Server } from 'node:http2'
import { Server as HttpsServer } from 'node:https'
import { Server as NetServer } from 'node:net'
import { isAttached, markAttached } from './attached.js'
import { type Drainable, isDrainable } from './drainable.js'
import { LifecycleError } from './errors.js'
import { createHttpDrainable } from './http/http-server.js'
import type { HttpDrainableOptions } from './http/server-context.js'
import { createHttp2Drainable } from './http2/http2-server.js'

const isHttp = (server: unknown): server is HttpServer =>
  server instanceof HttpServer || server instanceof HttpsServer

/** Told by a method that only these have: whoever serves HTTP/1 alone need not load `node:http2`. */
const isHttp2 = (server: unknown): server is Http2Server =>
  server instanceof NetServer && 'updateSettings' in server

/**
 * Gives the drainable for whatever `attach()` was given.
 *
 * @throws {LifecycleError} NOT_A_SERVER, ALREADY_ATTACHED
 */
export function toDrainable(server: unknown, options: HttpDrainableOptions): Drainable {
  if (!isHttp(server) && !isHttp2(server) && !isDrainable(server)) {
    const got = server === null ? 'null' : ((server as object)?.constructor?.name ?? typeof server)
    throw new LifecycleError(
      'NOT_A_SERVER',
      `attach: expected a server of node:http, node:https or node:http2, or an object that implements Drainable, got ${got}`,
    )
  }
  if (isAttached(server)) {
    throw new LifecycleError('ALREADY_ATTACHED', 'attach: this server is attached to a lifecycle already')
  }
  markAttached(server)
  if (isHttp(server)) return createHttpDrainable(server, options)
  return isHttp2(server) ? createHttp2Drainable(server, options) : server
}
