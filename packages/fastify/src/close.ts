import { LifecycleError, type Seat } from '@lameduck/core'
import type { FastifyInstance } from 'fastify'

/** The instance that owns `close`: plugins see it through prototypes. */
function rootOf(app: FastifyInstance): FastifyInstance {
  let root = app
  while (!Object.hasOwn(root, 'close')) root = Object.getPrototypeOf(root)
  return root
}

/**
 * Puts the drain before Fastify's own close, which answers 503 from its first hook on. Fastify's runs as the last step
 * of the drain; whoever calls `app.close()` gets the drain first and then Fastify's own result.
 */
export function takeOverClose(
  app: FastifyInstance,
  { lifecycle, closeWith }: Seat,
  closed: () => void,
): void {
  const root = rootOf(app)
  const fastifyClose = root.close.bind(root) as () => Promise<undefined>
  let closing: Promise<undefined> | undefined
  let isClosed = false

  closeWith('fastify.close', async () => {
    closed()
    closing = fastifyClose()
    await closing
    isClosed = true
  })

  const close = async (): Promise<undefined> => {
    await lifecycle.stop({ reason: 'app.close()' })
    if (isClosed) return undefined
    const unfinished = new LifecycleError(
      'CLOSE_TIMED_OUT',
      "app.close(): expected Fastify's own close to finish within the grace period; a preClose or onClose hook did not",
    )
    return Promise.race([closing, Promise.reject(unfinished)])
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
