import { constants } from 'node:os'
import { inMicrotask, systemClock } from '../clock.js'
import { replaceMethod } from '../replace-method.js'
import type { HandlingProcess } from './other-handlers.js'
import { ownListeners } from './own-listeners.js'
import { cover, holdExit, interceptEmit } from './uncaught.js'

const names = Object.entries(constants.signals) as [NodeJS.Signals, number][]

/** Signals of this process, and its ends by others. */
export const ownSignals: HandlingProcess = {
  emitter: process,
  soon(fn) {
    // Signals that are emitted by hand do not wait for their turn.
    const stop = interceptEmit(() => {
      fn()
      return false
    })
    inMicrotask(() => {
      stop()
      fn()
    })
  },
  holdExit,
  // What `process.kill` calls, also where that was taken from the process before.
  holdKill: (holds) =>
    replaceMethod(process, '_kill', (kill) => (pid, number) => {
      const signal = names.find((each) => each[1] === number)?.[0]
      return Number(pid) === process.pid && signal && holds(signal) ? 0 : kill(pid, number)
    }),
  whenIdle(fn) {
    systemClock.holdLoop(false)
    const idle = () => {
      end()
      fn()
    }
    // Node's moment before it exits, which nobody else hears of: the process does not.
    const stop = cover((event) => {
      if (event !== 'beforeExit') return false
      idle()
      return true
    })
    // A handler may put back an `emit` from before.
    ownListeners.addFirst('beforeExit', idle)
    const end = () => {
      systemClock.holdLoop(true)
      ownListeners.remove('beforeExit', idle)
      stop()
    }
    return end
  },
}
