import type { EventEmitter } from 'node:events'

/** What answers requests: an application, a router, a middleware; those that have others behind them show some of these. */
interface Handler {
  /** An application of connect, or a router. */
  readonly stack?: readonly { readonly handle?: Handler }[]
  /** The router of an application of Express 4, once it has one. */
  readonly _router?: Handler
  /** Where an application of Express is mounted. */
  readonly parent?: Handler
}

/** Where a middleware was put. */
export interface Place {
  /** Whether requests of this server come by, as far as that can be seen without one. */
  readonly isServedBy: (server: EventEmitter) => boolean
  /** Called when it was put into an application of Express. */
  changed: () => void
}

/**
 * The router of an application of Express 5. To ask for it makes one, with the settings of that moment: only what needs
 * no making is taken. Express 4 has a router by this name that throws.
 */
function madeRouter(application: object): Handler | undefined {
  const getRouter = Object.getOwnPropertyDescriptor(application, 'router')?.get
  try {
    return getRouter?.call(undefined)
  } catch {
    return undefined
  }
}

/** Whether `middleware` is `handler`, or in it; a handler may be in itself. */
function isIn(handler: Handler, middleware: Handler, above: readonly Handler[] = []): boolean {
  if (handler === middleware) return true
  if (above.includes(handler)) return false
  const stack = handler.stack ?? (handler._router ?? madeRouter(handler))?.stack
  if (!Array.isArray(stack)) return false
  return stack.some(({ handle }) => handle && isIn(handle, middleware, [...above, handler]))
}

/** Whether `application` is `root`, or mounted below it: from above Express hides what it has mounted. */
const isBelow = (application: Handler | undefined, root: Handler): boolean =>
  application !== undefined && (application === root || isBelow(application.parent, root))

/**
 * Learns where `middleware` is put. Express tells a sub-application where it is mounted, and a plain function nothing; so
 * to Express this is a sub-application, which handles requests by the middleware.
 */
export function createPlace(middleware: object): Place {
  const applications: Handler[] = []
  const place: Place = {
    isServedBy: (server) =>
      (server.listeners('request') as Handler[]).some(
        (listener) =>
          isIn(listener, middleware) || applications.some((application) => isBelow(application, listener)),
      ),
    changed: () => {},
  }
  Object.defineProperties(middleware, {
    // To connect, which tells nothing either, it stays a function: there its stack can be seen.
    handle: { get: () => (applications.length > 0 ? middleware : true) },
    set: { value: true },
    emit: {
      value(event: string, application: Handler) {
        if (event === 'mount') applications.push(application)
        place.changed()
      },
    },
  })
  return place
}
