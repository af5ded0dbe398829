import { IncomingMessage, type ServerResponse } from 'node:http'
import { type AdapterOptions, joinLifecycle, type Lifecycle, LifecycleError } from '@lameduck/core'
import { createPlace } from './place.js'

type Next = (error?: unknown) => void

/** The middleware, with the lifecycle that it starts, drains and stops its server with. */
export interface Graceful {
  (req: IncomingMessage, res: ServerResponse, next: Next): void
  readonly lifecycle: Lifecycle
}

const notCalled = () =>
  new LifecycleError(
    'ARGUMENT_INVALID',
    'graceful: expected app.use(graceful()), which makes the middleware once, got app.use(graceful)',
  )

/**
 * Rolls an Express application without losing a request: `app.use(graceful())`, first.
 *
 * The server need not be passed. It is found when it listens, if the application that has the middleware answers its
 * requests as far as that can be seen from outside; else by the first request that comes through the middleware, which may
 * be a probe. Its lifecycle is ready then. From there on the middleware only passes requests on: probes are answered at the
 * server, ahead of every other middleware.
 *
 * A server that was given to `lifecycle.attach()` makes it ready as well when it listens.
 *
 * @throws {LifecycleError} LIFECYCLE_SHARED, ARGUMENT_INVALID where it is used as the middleware itself, and what `createLifecycle` throws
 */
export function graceful(options: AdapterOptions = {}): Graceful {
  if (options instanceof IncomingMessage) throw notCalled()
  const seat = joinLifecycle(options)
  /** The server for whose requests nothing is left to do here. */
  let done: object | null = null

  const serverOf = ({ socket }: IncomingMessage) =>
    (socket as { readonly server?: object } | undefined)?.server

  const meet = (req: IncomingMessage, res: ServerResponse, next: Next) => {
    try {
      const server = serverOf(req)
      if (server !== undefined && seat.take(server)) done = server
    } catch (error) {
      next(error)
      return
    }
    if (!seat.answer(req, res)) next()
  }

  const middleware = Object.assign(
    (req: IncomingMessage, res: ServerResponse, next: Next) => {
      if (serverOf(req) === done) next()
      else meet(req, res, next)
    },
    { lifecycle: seat.lifecycle },
  )

  seat.liveWith(middleware)
  const place = createPlace(middleware)
  place.changed = seat.search((server) => seat.isByHand(server) || place.isServedBy(server))
  return middleware
}
