import type { Server, ServerInterceptor } from '@grpc/grpc-js'
import {
  type AdapterOptions,
  discoverServers,
  joinLifecycle,
  type Lifecycle,
  LifecycleError,
} from '@lameduck/core'
import { carriersOf, internalsOf, onceListed, servicesOf } from './grpc-server.js'
import { healthPath, isHealthPath } from './health-definition.js'
import { addHealthService } from './health-service.js'
import { countedCallOf, createInterceptor, refuse } from './interceptor.js'

/** What a gRPC server is drained with. */
export interface Graceful {
  /** Counts calls: `new Server({ interceptors: [interceptor] })`, as the first if there are others. */
  readonly interceptor: ServerInterceptor
  /**
   * Makes the server part of the drain, and gives it a health service unless `probes` is `false`. The lifecycle is ready
   * once the server is bound to its first port, which may be before this or after.
   *
   * @throws {LifecycleError} NOT_A_SERVER, INTERCEPTOR_MISSING, PROBE_ROUTE_TAKEN, ALREADY_ATTACHED
   */
  attach(server: Server): void
  /** The lifecycle that starts, drains and stops the server. */
  readonly lifecycle: Lifecycle
}

/**
 * Rolls a gRPC server without losing a call.
 *
 * On a signal, health says NOT_SERVING and calls are served on; then clients are told to go (GOAWAY, RFC 9113 §6.8),
 * calls finish, and the process exits.
 *
 * @throws {LifecycleError} what `createLifecycle` throws
 */
export function graceful(options: AdapterOptions = {}): Graceful {
  const seat = joinLifecycle(options)
  const { lifecycle } = seat
  const calls = seat.createCalls()
  let isAttached = false
  const interceptor = createInterceptor(calls)

  const attach = (server: Server) => {
    if (isAttached) throw attachedTwice()
    const internals = internalsOf(server)
    if (!internals.interceptors.includes(interceptor)) throw withoutInterceptor()
    if (seat.answersProbes && internals.handlers.has(healthPath)) throw healthTaken()

    const includeAll = () => {
      for (const [carrier, sessions] of carriersOf(internals)) {
        callServer.include(carrier, sessions)
        if (carrier.listening) seat.listening()
      }
    }
    const tryShutdown = server.tryShutdown.bind(server)
    const callServer = seat.createCallServer(calls, {
      kind: 'grpc',
      server,
      closing: includeAll,
      refuse,
      callOf: countedCallOf,
      isProbe: isHealthPath,
      closeMethod: 'tryShutdown',
      closed: () => tryShutdown(() => {}),
      released() {
        stopDiscovering()
        server.forceShutdown()
      },
    })
    seat.attach(callServer)
    isAttached = true
    const stopDiscovering = discoverServers((found) => {
      if (!internals.http2Servers.has(found)) onceListed(found, includeAll)
    })
    if (seat.answersProbes) addHealthService(server, seat.health, lifecycle, () => servicesOf(internals))
    includeAll()
  }

  return { interceptor, attach, lifecycle }
}

const attachedTwice = () =>
  new LifecycleError(
    'ALREADY_ATTACHED',
    '@lameduck/grpc: expected one server for each graceful(), got a second call of attach(); ' +
      'call graceful({ lifecycle }) for another server',
  )

const withoutInterceptor = () =>
  new LifecycleError(
    'INTERCEPTOR_MISSING',
    '@lameduck/grpc: expected a server made with new Server({ interceptors: [interceptor] }), where the interceptor is ' +
      'of the same graceful() as attach(), got one without it: its calls could not be counted',
  )

const healthTaken = () =>
  new LifecycleError(
    'PROBE_ROUTE_TAKEN',
    '@lameduck/grpc: expected no health service of the application, got one; leave it to lameduck, or switch ' +
      "lameduck's off by `probes: false`",
  )
