import type { EventEmitter } from 'node:events'
import { replaceMethod } from '../replace-method.js'

type Listener = (...args: never[]) => void

/** The runtime's own, whatever libraries have put around those of the process: Bun and Deno hear of signals by theirs only. */
const { on, off, prependListener, rawListeners } = Object.getPrototypeOf(process) as EventEmitter

const ours = new Set<unknown>()

/** By which Node begins and ceases to hear of signals, and counts who holds the channel to the parent. */
const nodes = /^(?:(?:start|stop)ListeningIfSignal|on(?:New|Remove)Listener)$/

const isKept = (event: unknown, listener: { readonly name: string }) =>
  ours.has(listener) || (String(event).endsWith('Listener') && nodes.test(listener.name))

/** Makes `process.removeAllListeners` take away everybody's listeners but ours, and those that ours need; returns how to undo that. */
const keepListeners = () =>
  replaceMethod(process, 'removeAllListeners', (removeAll) => {
    const removeOthers = (event: unknown) => {
      const all = rawListeners.call(process, event as string) as (() => void)[]
      const others = all.filter((each) => !isKept(event, each))
      if (others.length === all.length) removeAll(event)
      else for (const other of others.toReversed()) off.call(process, event as string, other)
    }
    return (...args) => {
      // Node 20 gives no list of the listeners of `undefined`.
      if (args.length > 0) removeOthers(args[0] ?? String(args[0]))
      else for (const event of process.eventNames().toReversed()) removeOthers(event)
      return process
    }
  })

let giveBack = () => {}

const keep = (listener: Listener) => {
  if (ours.size === 0) giveBack = keepListeners()
  ours.add(listener)
  return listener as () => void
}

/** Our listeners to events of the process: only we take them away. */
export const ownListeners = {
  add: (event: string, listener: Listener) => void on.call(process, event, keep(listener)),
  addFirst: (event: string, listener: Listener) => void prependListener.call(process, event, keep(listener)),
  remove(event: string, listener: Listener) {
    off.call(process, event, listener as () => void)
    if (ours.delete(listener) && ours.size === 0) giveBack()
  },
}
