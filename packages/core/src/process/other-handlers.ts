import type { Clock } from '../clock.js'
import type { Drain } from '../drain/drain-under-way.js'
import { type Gate, waitUntil } from '../drain/gate.js'
import { type Batch, runUntil } from '../drain/hooks.js'
import { currentPart, hookPart, type Part } from '../drain/part.js'
import type { HookOutcome } from '../drain/report.js'
import { isPolite, sourceOf } from './handler-source.js'
import type { ForeignHandler } from './process-listeners.js'

/** What is needed of a process to run other people's handlers, and to outlive them. */
export interface HandlingProcess {
  listeners(event: string): readonly unknown[]
  /** Hears of every event before the application's listeners, and in their place where `watch` gives `true`; returns how to stop. */
  watchSignals(watch: (event: string) => boolean): () => void
  /**
   * Has the process outlive its exit by the application, and signals that it sends itself to end. `ended` gets the code, 0 where it is the
   * signal's own (143, 130).
   */
  holdEnd(signal: NodeJS.Signals, ended: (code: number) => void): () => void
  /** Calls a signal's handler as Node would. */
  callHandler(handler: unknown, signal: NodeJS.Signals): unknown
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

/** A handler's turn. */
interface Call extends ForeignHandler {
  /** By which it is known what it does later. */
  readonly part: Part
  /** It returned nothing: nobody can say when it has done its work. */
  isSilent: boolean
  /** It has ended in another way than by returning. */
  readonly over: Promise<void>
  end(): void
}

const callOf = (foreign: ForeignHandler): Call => {
  let end = () => {}
  const over = new Promise<void>((resolve) => {
    end = resolve
  })
  return { ...foreign, part: { ...hookPart }, isSilent: false, over, end }
}

/** Creates what holds handlers back; it holds none yet. */
export function createOtherHandlers(
  host: HandlingProcess,
  clock: Clock,
  gate: Gate,
  drains: ReadonlySet<Pick<Drain, 'hasRunHooks'>>,
) {
  let held: readonly ForeignHandler[] = []
  let phase: 'held' | 'running' | 'over' = 'held'
  let exitCode = 0

  const exited = (code: number) => {
    exitCode ||= code
  }

  const callAs = async (call: Call): Promise<void> => {
    const result = host.callHandler(call.handler, call.signal)
    call.isSilent = !isPromise(result)
    await (call.isSilent ? call.over : Promise.race([call.over, result]))
  }

  const runAll = async (calls: readonly Call[], due: () => number) => {
    const endSilent = () => {
      for (const { isSilent, end } of calls) if (isSilent) end()
    }
    const onExit = (code: number) => {
      exited(code)
      // Whoever ends the process in a way that nobody can be told of by its part ends it for all that are silent.
      const own = calls.find(({ part }) => part === currentPart())
      if (own) own.end()
      else endSilent()
    }
    if (calls[0]) host.holdEnd(calls[0].signal, onExit)
    const cancel = clock.after(patience, endSilent)
    const ends = calls.map(async (call) => {
      const end = await runUntil(clock, gate, { name: nameOf(call), fn: () => callAs(call) }, due, call.part)
      return call.isSilent && end.outcome === 'timed-out' ? { ...end, outcome: 'done' as const } : end
    })
    const stopWatching = calls.some(({ isSilent }) => isSilent) ? host.whenIdle(endSilent) : cancel
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
    const present = held.filter(({ signal, handler }) => host.listeners(signal).includes(handler))
    const outcomes = await runAll(present.map(callOf), due)
    phase = 'over'
    gate.notify()
    return outcomes
  }

  const isPending = () => held.length > 0 && phase === 'held'

  return {
    /** Handlers are held back that have not run yet. */
    get isPending() {
      return isPending()
    },
    /** As {@link turn}, for who has no drain any more. Gives how they ended to the one who has called them. */
    run,
    /** The first code other than 0 that one of them wanted to exit with, its signal's own aside. */
    get exitCode() {
      return exitCode
    },
    /**
     * Holds back the handlers of the signal that has come, but for those that leave the end to others; those of one that comes later are
     * part of the same end. Returns their names.
     */
    hold(handlers: readonly ForeignHandler[]): readonly string[] {
      if (held.length > 0 || phase !== 'held') return []
      held = handlers.filter(({ handler }) => !isPolite(handler))
      return held.map(nameOf)
    },
    /** Calls those that leave the end to others: somebody may wait for what else they do, as the command `tsx` does. */
    callPolite(handlers: readonly ForeignHandler[]): void {
      for (const { handler, signal } of handlers.filter((each) => isPolite(each.handler))) {
        const letGo = host.holdEnd(signal, exited)
        try {
          host.callHandler(handler, signal)
        } finally {
          letGo()
        }
      }
    },
    /** Their turn among a drain's hooks, if any are held back that have not run yet; `begins` is told when it has come. */
    turn(begins: () => void): readonly Batch[] {
      const runInTurn = (due: () => number) => {
        begins()
        return run(due)
      }
      return isPending() ? [{ runAll: runInTurn }] : []
    },
  }
}
