import { constants } from 'node:os'
import type { Clock } from '../clock.js'
import { type Gate, waitUntil } from '../drain/gate.js'
import { type Batch, runUntil } from '../drain/hooks.js'
import { currentPart, hookPart, type Part, runAsPart } from '../drain/part.js'
import type { HookOutcome } from '../drain/report.js'
import { isPolite, sourceOf } from './handler-source.js'
import type { ForeignHandler, ProcessEvents, ProcessListeners } from './process-listeners.js'

/** What is needed of a process to run other people's handlers, and to outlive them. */
export interface HandlingProcess extends Pick<ProcessEvents, 'emitter' | 'soon'> {
  /** Asks `holds` whenever the application exits; `true`: it goes on. */
  holdExit(holds: (code: number) => boolean): () => void
  /** Asks `holds` whenever the application sends its own process a signal; `true`: it is not sent. */
  holdKill(holds: (signal: NodeJS.Signals) => boolean): () => void
  /** Calls back as soon as nothing but our own timers keeps the event loop alive; returns how to wait no longer. */
  whenIdle(fn: () => void): () => void
}

/** Other people's handlers of the signal that ends the process: held back at the signal, run when everything has drained. */
export type OtherHandlers = ReturnType<typeof createOtherHandlers>

/** The most that a handler gets that returns nothing, while something keeps the event loop alive, in milliseconds. */
const patience = 1000

/** What a handler is called in the report and in the log. */
const nameOf = ({ signal, handler, site }: ForeignHandler) =>
  `${signal} handler ${site === undefined ? sourceOf(handler) : `registered at ${site}`}`

const isPromise = (value: unknown) =>
  typeof (value as { then?: unknown } | null | undefined)?.then === 'function'

/** Signals that end no process by themselves: Node has its own use for SIGUSR1, and ignores two more. */
const harmless = /^SIG(CHLD|CONT|STOP|TSTP|TTIN|TTOU|URG|WINCH|INFO|USR1|PIPE|XFSZ)$/

/** A handler's turn: `part` is by what it is known what it does later. */
const callOf = (foreign: ForeignHandler, step: Part['step']) => {
  return { foreign, part: { ...hookPart, step } as Part, isSilent: false, isOver: false }
}

type Call = ReturnType<typeof callOf>

/** Creates what holds handlers back; it holds none yet. */
export function createOtherHandlers(
  host: HandlingProcess,
  clock: Clock,
  gate: Gate,
  drains: ReadonlySet<{ hasRunHooks(): boolean }>,
  listeners: () => Pick<ProcessListeners, 'hearsSignal' | 'othersOf'>,
) {
  let held: readonly ForeignHandler[] = []
  let phase: 'held' | 'running' | 'over' = 'held'
  let exitCode = 0
  const calls = new Map<Part | undefined, Call>()
  const called = new Set<ForeignHandler>()
  /** The signals that they were called for. */
  const came = new Set<NodeJS.Signals>()

  /** The handler that the caller belongs to. */
  const caller = () => calls.get(currentPart())

  const end = (...ended: Call[]) => {
    for (const call of ended) call.isOver = true
    gate.notify()
  }

  /** Those that return nothing: nobody can say when they have done their work. */
  const endSilent = () => end(...[...calls.values()].filter(({ isSilent }) => isSilent))

  const isHeld = () => phase !== 'held' || caller() !== undefined

  /** 0 where the code is their signal's own. */
  const worth = (code: number) =>
    [...came].some((signal) => code === 128 + constants.signals[signal]) ? 0 : code

  const onExit = (code: number) => {
    if (!isHeld()) return false
    exitCode ||= worth(code)
    // Whoever ends the process in a way that nobody can be told of by its part ends it for all that are silent.
    const own = caller()
    if (own) end(own)
    else endSilent()
    return true
  }

  const onKill = (signal: NodeJS.Signals) => {
    if (!isHeld() || harmless.test(signal)) return false
    const { hearsSignal, othersOf } = listeners()
    const isTheirs = othersOf(signal) > 0
    if (isTheirs && !hearsSignal(signal)) return false
    // One that passes the signal on to handlers of another one has them called, as a part of its own turn.
    const own = caller()
    if (!isTheirs || came.has(signal) || own === undefined) return onExit(0)
    const pass = () => host.emitter.emit(signal, signal, constants.signals[signal])
    clock.nextTurn(() => runAsPart(own.part, pass))
    return true
  }

  const begin = (call: Call) => {
    if (calls.size === 0) {
      host.holdExit(onExit)
      host.holdKill(onKill)
    }
    calls.set(call.part, call)
    came.add(call.foreign.signal)
    called.add(call.foreign)
    return call
  }

  const callAs = async (call: Call): Promise<void> => {
    try {
      const result = call.foreign.call()
      call.isSilent = !isPromise(result)
      const over = gate.until(() => call.isOver)
      await (call.isSilent ? over : Promise.race([over, result]))
    } catch (error) {
      // In Node it would not have come to that behind its exit.
      if (!call.isOver) throw error
    }
  }

  const runAll = async (turns: readonly Call[], due: () => number) => {
    const cancel = clock.after(patience, endSilent)
    const ends = turns.map(async (call) => {
      const hook = { name: nameOf(call.foreign), fn: () => callAs(call) }
      const outcome = await runUntil(clock, gate, hook, due, call.part)
      const isLeft = call.isSilent && outcome.outcome === 'timed-out'
      return isLeft ? { ...outcome, outcome: 'done' as const } : outcome
    })
    const stopWatching = turns.some(({ isSilent }) => isSilent) ? host.whenIdle(endSilent) : cancel
    const outcomes = await Promise.all(ends)
    stopWatching()
    cancel()
    return outcomes
  }

  /**
   * Calls them, once for the process, when the last `onStop` function of every drain has had its turn: all of them in one turn, as Node
   * would. Waits for them until `due()`; whose time is over before everybody has had that turn leaves them to those who come later.
   */
  const run = async (due: () => number): Promise<readonly HookOutcome[]> => {
    const everybodyHas = () => [...drains].every((drain) => drain.hasRunHooks())
    await waitUntil(clock, gate, due, everybodyHas)
    if (!everybodyHas()) return []
    if (phase !== 'held') {
      await waitUntil(clock, gate, due, () => phase === 'over')
      return []
    }
    phase = 'running'
    const present = held.filter((foreign) => foreign.isPresent())
    const turns = present.map((foreign) => begin(callOf(foreign, 'hook')))
    const outcomes = await runAll(turns, due)
    phase = 'over'
    gate.notify()
    return outcomes
  }

  /** The names of those that are held back and have not run yet. */
  const pending = () => (phase === 'held' ? held.map(nameOf) : [])

  return {
    pending,
    /** As {@link turn}, for who has no drain any more. Gives how they ended to the one who has called them. */
    run,
    /** The first code other than 0 that one of them wanted to exit with, its signal's own aside; if none, the application's. */
    exitCode: (application: number) => exitCode || worth(application),
    /** The caller is a part of one of them. */
    isCalling: () => caller() !== undefined,
    /**
     * Holds back the handlers of the signal that has come, but for those that leave the end to others; those of one that comes later are
     * part of the same end. Returns their names.
     */
    hold(handlers: readonly ForeignHandler[]): readonly string[] {
      if (held.length > 0 || phase !== 'held') return []
      held = handlers.filter(({ handler }) => !isPolite(handler))
      return held.map(nameOf)
    },
    /**
     * What becomes of a handler whose signal comes. Those that leave the end to others are called: somebody may wait for what else they
     * do, as the command `tsx` does. So is what another handler calls by emitting a signal, in its own turn.
     */
    meet(foreign: ForeignHandler, call: () => unknown): unknown {
      if (isPolite(foreign.handler)) return runAsPart(begin(callOf(foreign, 'onDrain')).part, call)
      if (caller() === undefined || called.has(foreign)) return undefined
      called.add(foreign)
      came.add(foreign.signal)
      return call()
    },
    /** Their turn among a drain's hooks, if any are held back that have not run yet; `begins` is told when it has come. */
    turn(begins: () => void): readonly Batch[] {
      const runInTurn = (due: () => number) => {
        begins()
        return run(due)
      }
      return pending().length > 0 ? [{ runAll: runInTurn }] : []
    },
  }
}
