import type { Seat } from '@lameduck/core'
import type { FastifyInstance } from 'fastify'

/** The instance that owns `close`: plugins see it through prototypes. */
export function rootOf(app: FastifyInstance): FastifyInstance {
  let root = app
  while (!Object.hasOwn(root, 'close')) root = Object.getPrototypeOf(root)
  return root
}

/**
 * Puts the drain before Fastify's own close, which answers 503 from its first hook on. Fastify's runs as the last step
 * of the drain; whoever calls `app.close()` gets the drain first and then Fastify's own result. A server that the application
 * has opened by itself, behind a `serverFactory`, stays open then, as Fastify leaves it.
 */
export function takeOverClose(app: FastifyInstance, seat: Seat, closed: () => void): void {
  const root = rootOf(app)
  const fastifyClose = root.close.bind(root) as () => Promise<undefined>

  let isOpenedByFastify = false
  app.addHook('onListen', async () => {
    isOpenedByFastify = true
  })

  const drainAndClose = seat.closeWith('fastify.close', () => {
    closed()
    return fastifyClose()
  })

  const close = () => {
    const isForeign = app.server.listening && !isOpenedByFastify
    if (isForeign && app.lifecycle.state !== 'draining') seat.detach(app.server)
    return drainAndClose()
  }

  root.close = ((done?: (error?: Error) => void) => {
    if (done === undefined) return close()
    close().then(() => done(), done)
    return undefined
  }) as FastifyInstance['close']
  Object.defineProperty(root, Symbol.asyncDispose, {
    configurable: true,
    writable: true,
    value: () => close(),
  })
}
