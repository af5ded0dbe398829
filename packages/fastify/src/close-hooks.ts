import { subscribe } from 'node:diagnostics_channel'
import type { Seat } from '@lameduck/core'
import type { FastifyInstance } from 'fastify'

type AddHook = (this: unknown, name: string, ...rest: unknown[]) => unknown

interface Watch {
  hasCloseHooks: boolean
  /** Called when it gets one. */
  found(): void
}

/** Of the applications that were made since the import. */
const watches = new WeakMap<object, Watch>()

// Fastify tells of each application that is made. Its scopes inherit `addHook`.
subscribe('fastify.initialization', (message) => {
  const { fastify } = Object(message) as { fastify?: { addHook: AddHook } }
  if (typeof fastify?.addHook !== 'function') return
  const { addHook } = fastify
  const watch: Watch = { hasCloseHooks: false, found() {} }
  watches.set(fastify, watch)
  fastify.addHook = function (name, ...rest) {
    if (name === 'onClose' || name === 'preClose') {
      watch.hasCloseHooks = true
      watch.found()
    }
    return addHook.call(this, name, ...rest)
  }
})

/**
 * An application that nobody holds any more, and that does not listen, has nothing to drain, unless it has hooks that run
 * when it closes, or may have: then a signal has to find it.
 */
export function bindByCloseHooks(root: FastifyInstance, seat: Seat): void {
  const watch = watches.get(root)
  if (watch === undefined || watch.hasCloseHooks) seat.bind()
  else watch.found = seat.bind
}
