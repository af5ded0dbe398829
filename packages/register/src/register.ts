// What is loaded at the start of every process, also of those that never listen: nothing but a listener on a channel.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { EventEmitter } from 'node:events'
import type { Lifecycle } from '@lameduck/core'
import type { Drainer } from './drainer.js'

export type { Lifecycle, Report } from '@lameduck/core'

/** What every copy of this package in a process shares. */
interface Registered {
  readonly lifecycle: Lifecycle
}

/** On which Node tells every server that listens, before anybody hears of it. */
const channel = 'tracing:net.server.listen:asyncEnd'

const isMainThread = () =>
  (require('node:worker_threads') as typeof import('node:worker_threads')).isMainThread

/** As it is in the beginning: tests put fake timers in its place. */
const { setImmediate } = globalThis

/** Servers of HTTP/1 have the one, those of HTTP/2 the other; neither module has to be loaded to find out. */
const speaksHttp = (server: object) => 'closeAllConnections' in server || 'updateSettings' in server

/** Calls `hear` with every server that listens; returns how to stop. */
function tellOfServers(hear: (server: EventEmitter | undefined) => void): () => void {
  if (process.versions['bun'] !== undefined)
    return (require('./patched-listen.js') as typeof import('./patched-listen.js')).patchListen(hear)
  const listener = (message: unknown) => hear((message as { readonly server?: EventEmitter }).server)
  subscribe(channel, listener)
  return () => void unsubscribe(channel, listener)
}

function register(): Registered {
  let drainer: Drainer | undefined
  const load = () => {
    drainer ??= (require('./drainer.js') as typeof import('./drainer.js')).createDrainer(stop)
    return drainer
  }

  const hear = (server: EventEmitter | undefined) => {
    if (server === undefined || !speaksHttp(server)) return
    if (!isMainThread()) return stop()
    const present = load()
    // After those who are told that it listens: one of them may have a lifecycle for it.
    setImmediate(present.hear, server)
  }
  const stop = tellOfServers(hear)

  const real = () => load().lifecycle()
  const lifecycle = new Proxy({} as Lifecycle, {
    get: (_, name) => Reflect.get(real(), name),
    has: (_, name) => Reflect.has(real(), name),
  })
  return { lifecycle }
}

const key = Symbol.for('lameduck.register.v1')
const holder = globalThis as { [key]?: Registered }
holder[key] ??= register()

/** The lifecycle that drains this process; see the entry for `import`. */
export const lifecycle: Lifecycle = holder[key].lifecycle
