import type { Clock } from '../clock.js'
import type { Drain } from '../drain/drain-under-way.js'
import type { Gate } from '../drain/gate.js'
import { runUntil } from '../drain/hooks.js'
import { callable, demand } from '../options/rules.js'

/**
 * Creates an empty list of what wants to be told that draining has begun, and to finish something before the listeners
 * close. The drain is told of what fails.
 */
export function createPreparations(clock: Clock, gate: Gate) {
  const waiting = new Set<() => unknown>()
  const running = new Set<symbol>()
  let drain: Drain | undefined

  const tell = (fn: () => unknown, present: Drain) => {
    const due = () => present.plan.at.cutoff
    const preparation = Symbol('onDrain')
    running.add(preparation)
    void runUntil(clock, gate, { name: fn.name || 'onDrain', fn }, due).then((outcome) => {
      running.delete(preparation)
      if (outcome.outcome !== 'done') present.note(outcome)
      gate.notify()
    })
  }

  return {
    /** Those that have been told and are not done. */
    running: running as ReadonlySet<symbol>,
    /**
     * Adds a function; calls it at once if draining has begun. Returns how to take it back.
     *
     * @throws {LifecycleError} ARGUMENT_INVALID
     */
    add(fn: () => unknown): () => void {
      demand('ARGUMENT_INVALID', 'onDrain', callable, fn)
      if (drain === undefined) waiting.add(fn)
      else if (!drain.isEmpty()) tell(fn, drain)
      return () => void waiting.delete(fn)
    },
    /** Draining begins. */
    begin(begun: Drain) {
      drain = begun
      for (const fn of waiting) tell(fn, begun)
      waiting.clear()
    },
  }
}
