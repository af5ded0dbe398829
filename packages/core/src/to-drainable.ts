import { Server as HttpServer } from 'node:http'
import { Server as HttpsServer } from 'node:https'
import { type Drainable, isDrainable } from './drainable.js'
import { LifecycleError } from './errors.js'
import { createHttpDrainable } from './http/http-server.js'
import type { HttpDrainableOptions } from './http/server-context.js'

/** On every server that some lifecycle has: also if another copy of lameduck made it. */
const kAttached = Symbol.for('lameduck.attached.v1')

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
  if (kAttached in server) {
    throw new LifecycleError('ALREADY_ATTACHED', 'attach: this server is attached to a lifecycle already')
  }
  Object.defineProperty(server, kAttached, { value: true })
  if (!isHttp) return server
  return createHttpDrainable(server, options)
}
