import { channel } from 'node:diagnostics_channel'
import { inspect } from 'node:util'
import type { Cut } from '../drain/cut.js'
import type { HookOutcome, Report } from '../drain/report.js'
import type { Plan } from '../options/plan.js'
import { callable, demand, oneOf } from '../options/rules.js'
import type { CheckChange } from '../probes/checks.js'

/** Everything a lifecycle tells about itself, by event name. The list is closed. */
export interface LifecycleEvents {
  /** The lifecycle was created: what a signal would get, as far as hooks and servers are known by then. */
  planned: { plan: Plan }
  /** A startup task ended. One that failed ends the process. */
  startupFinished: HookOutcome
  /** Startup is over and every server listens. */
  ready: { duration: number; slowest?: HookOutcome }
  /** A check fails that did not before, or is well again. */
  checkChanged: CheckChange
  /** Somebody has called `unready(reason)`, or has taken it back (`over`). */
  unready: { reason: string; over: boolean }
  /** The drain began: readiness is red. `duration`s of later events count from here. */
  draining: {
    reason: string
    signal?: NodeJS.Signals
    /** What was thrown, if that is why. */
    error?: unknown
    plan: Plan
    /** Code has called `stop()` or the framework's own close: the process need not end. */
    byHand: boolean
  }
  /** A signal came again while draining. */
  signalIgnored: { signal: NodeJS.Signals }
  /** Other people's handlers of this signal are held back, and run after the last `onStop` function. */
  deferred: { signal: NodeJS.Signals; handlers: readonly string[] }
  /** Window and linger are over, and the listeners close. */
  closing: {
    duration: number
    extended: boolean
    inFlight: number
    connections: number
    /** What is in flight, counted by kind: those of the report's `cut`. */
    work: Readonly<Record<string, number>>
  }
  /** Nothing is in flight and no connection is open. */
  drained: {
    duration: number
    finished: number
    /** The same, by kind of server. */
    work: Readonly<Record<string, number>>
  }
  /** What is left is about to be ended by force. */
  cutoff: {
    duration: number
    inFlight: number
    holds: readonly string[]
    /** What is unfinished, counted by kind. */
    work: Readonly<Record<string, number>>
    /** The same by name, holds first, as the report lists what is cut: at most 100. */
    unfinished: readonly Cut[]
    /** How many more there are than `unfinished` lists. */
    unlisted: number
  }
  /** A hook, or the framework's own close, had its turn. */
  hookFinished: HookOutcome
  /** The drain is over. */
  stopped: Report
  /** Something that will lose requests, with the way to mend it. */
  warning: { message: string }
}

/** The names of all events. */
export const eventNames = [
  'planned',
  'startupFinished',
  'ready',
  'checkChanged',
  'unready',
  'draining',
  'signalIgnored',
  'deferred',
  'closing',
  'drained',
  'cutoff',
  'hookFinished',
  'stopped',
  'warning',
] as const satisfies readonly (keyof LifecycleEvents)[]

/** The name of an event. */
export type LifecycleEventName = (typeof eventNames)[number]

/** Published on the diagnostics channel `lameduck` for every event. */
export type LifecycleMessage = {
  [Name in LifecycleEventName]: { event: Name; payload: LifecycleEvents[Name] }
}[LifecycleEventName]

/** Tells listeners and the diagnostics channel. A listener that throws costs no request: it becomes a warning. */
export type Emitter = ReturnType<typeof createEmitter>

const lameduckChannel = channel('lameduck')

/** Creates an emitter without listeners. */
export function createEmitter() {
  const listeners = new Map<LifecycleEventName, Set<(payload: never) => void>>()

  const emit = <Name extends LifecycleEventName>(event: Name, payload: LifecycleEvents[Name]): void => {
    lameduckChannel.publish({ event, payload })
    for (const listener of [...(listeners.get(event) ?? [])]) {
      try {
        listener(payload as never)
      } catch (error) {
        if (event !== 'warning') {
          emit('warning', { message: `a listener of "${event}" failed: ${inspect(error)}` })
        }
      }
    }
  }

  return {
    emit,
    /** @throws {LifecycleError} EVENT_UNKNOWN, ARGUMENT_INVALID */
    on<Name extends LifecycleEventName>(
      event: Name,
      listener: (payload: LifecycleEvents[Name]) => void,
    ): () => void {
      demand('EVENT_UNKNOWN', 'on: event', oneOf(...eventNames), event)
      demand('ARGUMENT_INVALID', `on("${event}")`, callable, listener)
      const known = listeners.get(event) ?? new Set()
      listeners.set(event, known.add(listener))
      return () => void known.delete(listener)
    },
  }
}
