import { constants } from 'node:os'
import { systemClock } from '../clock.js'
import type { HandlingProcess } from './other-handlers.js'
import { replaceMethod } from './replace-method.js'
import { holdExit, interceptEmit } from './uncaught.js'

/** Listeners that only we take away. */
const kept = new WeakSet<object>()

/** Makes `process.removeAllListeners` take away everybody's listeners but ours; returns how to undo that. */
const keepListeners = () =>
  replaceMethod('removeAllListeners', (removeAll) => {
    const removeOthers = (event: unknown) => {
      const all = process.rawListeners(event as string) as (() => void)[]
      const others = all.filter((each) => !kept.has(each))
      if (others.length === all.length) removeAll(event)
      else for (const other of others.toReversed()) process.off(event as string, other)
    }
    return (...args) => {
      // Node's own, by which it begins and ceases to hear of signals, came first, and go last.
      for (const event of args.length > 0 ? args : process.eventNames().toReversed()) removeOthers(event)
      return process
    }
  })

/**
 * Listens to an event of the process. For each signal Node keeps the `emit` that the process had when its first listener came: where
 * others came first, they are taken away and put back in their order, so that Node asks for `emit` anew.
 */
export function listenTo(event: string, listener: (...args: never[]) => void): void {
  kept.add(listener)
  const others = event.startsWith('SIG') ? (process.rawListeners(event) as (() => void)[]) : []
  for (const other of others) process.off(event, other)
  process.on(event, listener as () => void)
  for (const other of others) process.on(event, other)
}

const both = (one: () => void, other: () => void) => () => {
  one()
  other()
}

/** Signals of this process, and those of its listeners to them that are others'. */
export const ownSignals: HandlingProcess = {
  listeners: (event) => process.rawListeners(event),
  watchSignals: (watch) =>
    both(
      interceptEmit((event) => typeof event === 'string' && watch(event)),
      keepListeners(),
    ),
  holdEnd(signal, ended) {
    const { signals } = constants
    const fatal = new Set<unknown>(['SIGTERM', 'SIGINT', 'SIGKILL', signal])
    for (const name of [...fatal]) fatal.add(signals[name as NodeJS.Signals])
    return both(
      holdExit((code) => {
        ended(code === 128 + signals[signal] ? 0 : code)
        return true
      }),
      replaceMethod('kill', (kill) => (pid, sent = 'SIGTERM') => {
        if (pid !== process.pid || !fatal.has(sent)) return kill(pid, sent)
        ended(0)
        return true
      }),
    )
  },
  callHandler: (handler, signal) =>
    Reflect.apply(handler as () => unknown, process, [signal, constants.signals[signal]]),
  whenIdle(fn) {
    systemClock.holdLoop(false)
    // Node's moment before it exits, which nobody else hears of: the process does not.
    const stop = interceptEmit((event) => {
      if (event !== 'beforeExit') return false
      end()
      fn()
      return true
    })
    const end = () => {
      systemClock.holdLoop(true)
      stop()
    }
    return end
  },
}
