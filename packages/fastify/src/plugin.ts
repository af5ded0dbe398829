import {
  type AdapterOptions,
  discoverServers,
  joinLifecycle,
  type Lifecycle,
  LifecycleError,
  sharesHandler,
} from '@lameduck/core'
import type { FastifyInstance } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { rootOf, takeOverClose } from './close.js'
import { bindByCloseHooks } from './close-hooks.js'
import { runPreClose } from './pre-close.js'
import { addProbeRoutes } from './probe-routes.js'
import { tellWhenReady } from './ready.js'
import { findWebSocketServers } from './websocket-servers.js'

declare module 'fastify' {
  interface FastifyInstance {
    /** The lifecycle that `@lameduck/fastify` starts, drains and stops this application with. */
    lifecycle: Lifecycle
  }
}

/** What `register` takes for itself and hands on to every plugin, as `@fastify/autoload` does with `prefix`. */
type RegisterOptions = { readonly [Name in 'prefix' | 'logLevel' | 'logSerializers']?: unknown }

async function register(app: FastifyInstance, given: AdapterOptions): Promise<void> {
  const { prefix: _, logLevel: __, logSerializers: ___, ...options }: AdapterOptions & RegisterOptions = given
  if (app.hasDecorator('lifecycle')) {
    throw new LifecycleError(
      'ALREADY_REGISTERED',
      '@lameduck/fastify: expected to be registered once on an application, got a second registration',
    )
  }
  const seat = joinLifecycle(options, app.log)
  try {
    addProbeRoutes(app, seat)
    seat.attach(app.server)
  } catch (error) {
    await seat.giveUp()
    throw error
  }
  app.decorate('lifecycle', seat.lifecycle)
  const root = rootOf(app)
  seat.liveWith(root)
  bindByCloseHooks(root, seat)
  const stopDiscovering = discoverServers((server) => {
    if (server !== app.server && sharesHandler(server, app.server)) seat.attach(server)
  }, root)
  findWebSocketServers(app, root, seat)
  tellWhenReady(app, seat)
  seat.endLongWork('fastify.preClose', () => runPreClose(app))
  takeOverClose(app, seat, stopDiscovering)
}

/**
 * Rolls a Fastify application without losing a request: `await app.register(graceful)`.
 *
 * On a signal it drains first, while Fastify still serves; then it calls `app.close()`, so that `onClose` hooks find no
 * traffic; then the process exits. `app.close()` called by the application drains, too, without window or linger, and
 * leaves the process alive.
 *
 * @throws {LifecycleError} ALREADY_REGISTERED, PROBE_ROUTE_TAKEN, and what `createLifecycle` throws
 */
export const graceful = fastifyPlugin(register, { fastify: '5.x', name: '@lameduck/fastify' })
