import type { Clock } from '../clock.js'
import { type Gate, waitUntil } from './gate.js'
import { type Hook, runUntil } from './hooks.js'
import type { Part } from './part.js'
import type { HookOutcome } from './report.js'

/** How often it is looked for, in milliseconds: nothing is paid per request to find out. */
const pace = 100

/** What those that end long work wait for. */
export interface LongWork {
  /** Functions that end streams and sockets. */
  readonly enders: readonly Hook[]
  /** Nothing else is left that the drain waits for. */
  readonly isAlone: () => boolean
  /** When unfinished work is cut, in Unix milliseconds. */
  readonly cutoff: () => number
  readonly finished: (outcome: HookOutcome) => void
}

/** Runs `ender`; one that waits for a server to close, which only the drain can do, is not waited for. */
async function runEnder(clock: Clock, gate: Gate, { name, fn }: Hook, cutoff: () => number) {
  let standAside = () => {}
  const asides = new Promise<void>((resolve) => {
    standAside = resolve
  })
  const part: Part = {
    step: 'onDrain',
    standAside() {
      standAside()
      return () => {}
    },
  }
  return runUntil(clock, gate, { name, fn: () => Promise.race([fn(), asides]) }, cutoff, part)
}

/**
 * Calls the functions that end long work, one after the other and each once, as soon as nothing else is left.
 *
 * @returns how to say that the work is over or cut: nothing begins any more
 */
export function endLongWork(clock: Clock, gate: Gate, work: LongWork): () => void {
  const { enders, isAlone, cutoff, finished } = work
  let isOver = enders.length === 0
  const ended = () => isOver
  const watch = async () => {
    while (!isOver && !isAlone()) {
      const next = clock.now() + pace
      await waitUntil(clock, gate, () => next, ended)
    }
    for (const ender of enders) {
      if (isOver) return
      finished(await runEnder(clock, gate, ender, cutoff))
    }
  }
  void watch()
  return () => {
    isOver = true
    gate.notify()
  }
}
