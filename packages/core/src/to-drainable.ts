import { Server as HttpServer } from 'node:http'
import { Server as HttpsServer } from 'node:https'
import { isAttached, markAttached } from './attached.js'
import { type Drainable, isDrainable } from './drainable.js'
import { LifecycleError } from './errors.js'
import { createHttpDrainable, type HttpDrainableOptions } from './http/http-server.js'

/**
 * Gives the drainable for whatever `attach()` was given.
 *
 * @throws {LifecycleError} NOT_A_SERVER, ALREADY_ATTACHED
 */
export function toDrainable(server: unknown, options: HttpDrainableOptions): Drainable {
  const isHttp = server instanceof HttpServer || server instanceof HttpsServer
  if (!isHttp && !isDrainable(server)) {
    const got = server === null ? 'null' : ((server as object)?.constructor?.name ?? typeof server)
    throw new LifecycleError(
      'NOT_A_SERVER',
      `attach: expected a server of node:http or node:https, or an object that implements Drainable, got ${got}`,
    )
  }
  if (isAttached(server)) {
    throw new LifecycleError('ALREADY_ATTACHED', 'attach: this server is attached to a lifecycle already')
  }
  markAttached(server)
  if (!isHttp) return server
  return createHttpDrainable(server, options)
}
