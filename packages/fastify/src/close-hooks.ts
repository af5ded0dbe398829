import { subscribe } from 'node:diagnostics_channel'
import type { Seat } from '@lameduck/core'
import type { FastifyInstance } from 'fastify'

type Register = (this: unknown, ...args: unknown[]) => unknown

/** What is used of an application. */
interface Application {
  addHook: Register
  /** Avvio's, from which Fastify's hook of that name is made. */
  onClose: Register
}

interface Watch {
  hasCloseHooks: boolean
  /** Called when it gets one. */
  found(): void
}

/** Of the applications that were made since the import. */
const watches = new WeakMap<object, Watch>()

// Fastify tells of each application that is made. Its scopes inherit both methods.
subscribe('fastify.initialization', (message) => {
  const { fastify } = Object(message) as { fastify?: Application }
  if (typeof fastify?.addHook !== 'function') return
  const { addHook, onClose } = fastify
  const watch: Watch = { hasCloseHooks: false, found() {} }
  watches.set(fastify, watch)
  const found = () => {
    watch.hasCloseHooks = true
    watch.found()
  }
  fastify.addHook = function (...args) {
    if (args[0] === 'onClose' || args[0] === 'preClose') found()
    return addHook.apply(this, args)
  }
  // One of them is Fastify's own, when the application gets ready.
  let isFirst = true
  fastify.onClose = function (...args) {
    if (this !== fastify || !isFirst) found()
    else isFirst = false
    return onClose.apply(this, args)
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
