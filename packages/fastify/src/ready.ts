import type { Seat } from '@lameduck/core'
import type { FastifyInstance } from 'fastify'
import { rootOf } from './close.js'

/** Tells the seat when the application listens, or is ready without: for `inject()`, which needs no server. */
export function tellWhenReady(app: FastifyInstance, seat: Seat): void {
  const root = rootOf(app) as unknown as Record<'listen' | 'ready', (...args: unknown[]) => unknown>
  const { listen, ready } = root
  let willListen = false

  root.listen = (...args) => {
    willListen = true
    return listen.apply(root, args)
  }
  const isReady = () => {
    if (!willListen) seat.initialised()
  }
  root.ready = (...args) => {
    const [done] = args
    if (typeof done === 'function') {
      return ready.call(root, (error: unknown, ...rest: unknown[]) => {
        if (!error) isReady()
        done(error, ...rest)
      })
    }
    return (ready.call(root) as Promise<unknown>).then((instance) => {
      isReady()
      return instance
    })
  }
  app.addHook('onListen', async () => seat.listening())
}
