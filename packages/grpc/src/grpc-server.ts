import { EventEmitter } from 'node:events'
import type { Http2SecureServer, Http2Server, ServerHttp2Session } from 'node:http2'
import type { Server, ServerInterceptor } from '@grpc/grpc-js'
import { LifecycleError } from '@lameduck/core'

/** A server of `node:http2` behind a gRPC server. */
export type CarryingServer = Http2Server | Http2SecureServer

/**
 * What is needed of a server and has no public name. The fields are the same from grpc-js 1.10.0 to 1.14.7; a version in
 * which they are not is refused, because it could not be drained.
 */
export interface ServerInternals {
  /** The servers of `node:http2`, one for each address that it is bound to, and their open sessions. */
  readonly http2Servers: ReadonlyMap<object, { readonly sessions: ReadonlySet<ServerHttp2Session> }>
  /** Its handlers by the path of their method. */
  readonly handlers: ReadonlyMap<string, unknown>
  readonly interceptors: readonly ServerInterceptor[]
}

/**
 * Looks into a server.
 *
 * @throws {LifecycleError} NOT_A_SERVER
 */
export function internalsOf(server: Server): ServerInternals {
  const { http2Servers, handlers, interceptors } = (server ?? {}) as unknown as Partial<ServerInternals>
  if (http2Servers instanceof Map && handlers instanceof Map && Array.isArray(interceptors)) {
    return { http2Servers, handlers, interceptors }
  }
  const got = server === null ? 'null' : ((server as object)?.constructor?.name ?? typeof server)
  throw new LifecycleError(
    'NOT_A_SERVER',
    `attach: expected a Server of @grpc/grpc-js 1.10 or later, with the fields http2Servers, handlers and interceptors, got ${got}`,
  )
}

/** The names of the services that have a handler. */
export function servicesOf({ handlers }: ServerInternals): string[] {
  const names = [...handlers.keys()].map((path) => path.slice(1, path.lastIndexOf('/')))
  return names.filter((name, i) => names.indexOf(name) === i)
}

/** Tells, by an event `registered`, of every handler that the server gets from now on. There is no event of its own. */
export function watchRegistrations(server: Server): EventEmitter<{ registered: [] }> {
  const registrations = new EventEmitter<{ registered: [] }>().setMaxListeners(0)
  const register = server.register
  server.register = ((...handler: Parameters<typeof register>) => {
    const isNew = register.apply(server, handler)
    registrations.emit('registered')
    return isNew
  }) as typeof register
  return registrations
}

/** The servers of `node:http2` that it listens with, and their open sessions. */
export function carriersOf({
  http2Servers,
}: ServerInternals): (readonly [CarryingServer, Iterable<ServerHttp2Session>])[] {
  return [...http2Servers].map(([server, { sessions }]) => [server as CarryingServer, sessions])
}

const waiting = new WeakMap<EventEmitter, (() => void)[]>()

/**
 * Calls `listed` once a server that has just begun to listen is in the list of its gRPC server, if it has one: grpc-js
 * lists it in its own listener of `listening`, which came first. However many ask, the server gets one listener.
 */
export function onceListed(server: EventEmitter, listed: () => void): void {
  const known = waiting.get(server)
  if (known !== undefined) {
    known.push(listed)
    return
  }
  // A server of calls is one of `node:http2`.
  if (!('updateSettings' in server)) return
  const all = [listed]
  waiting.set(server, all)
  server.once('listening', () => {
    waiting.delete(server)
    for (const each of all) each()
  })
}
