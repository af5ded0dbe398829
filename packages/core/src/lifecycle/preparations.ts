import type { Clock } from '../clock.js'
import type { Drain } from '../drain/drain-under-way.js'
import type { Gate } from '../drain/gate.js'
import { runUntil } from '../drain/hooks.js'
import type { Part } from '../drain/part.js'
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
    const preparation = Symbol('onDrain')
    let awaited = 0
    let hasStoodAside = false
    let isDone = false

    const update = () => {
      if (isDone || awaited > 0) running.delete(preparation)
      else running.add(preparation)
      gate.notify()
    }
    const part: Part = {
      step: 'onDrain',
      standAside() {
        hasStoodAside = true
        awaited++
        update()
        let isBack = false
        return () => {
          if (isBack) return
          isBack = true
          awaited--
          update()
        }
      },
    }
    /** What waits for a server to close has as long as the hooks, for what it does afterwards. */
    const due = () => (hasStoodAside ? present.plan.at.deadline : present.plan.at.cutoff)

    update()
    void runUntil(clock, gate, { name: fn.name || 'onDrain', fn }, due, part).then((outcome) => {
      isDone = true
      if (outcome.outcome !== 'done') present.note(outcome)
      update()
    })
  }

  return {
    /** Those that have been told, are not done, and do not wait for what only the drain can bring about. */
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
