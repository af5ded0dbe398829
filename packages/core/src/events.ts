import { channel } from 'node:diagnostics_channel'
import { inspect } from 'node:util'
import type { Plan } from './plan.js'
import type { HookOutcome, Report } from './report.js'

/** Everything a lifecycle tells about itself, by event name. The list is closed. */
export interface LifecycleEvents {
  /** A startup task ended. One that failed ends the process. */
  startupFinished: HookOutcome
  /** Startup is over and every server listens. */
  ready: { duration: number; slowest?: HookOutcome }
  /** A readiness check fails that did not before, or is well again. */
  checkChanged: { name: string; ok: boolean; error?: unknown }
  /** The drain began: readiness is red. `duration`s of later events count from here. */
  draining: { reason: string; signal?: NodeJS.Signals; plan: Plan }
  /** A signal came again while draining. */
  signalIgnored: { signal: NodeJS.Signals }
  /** The window is over and the listeners close. */
  closing: { duration: number; extended: boolean; inFlight: number; connections: number }
  /** Nothing is in flight and no connection is open. */
  drained: { duration: number; finished: number }
  /** What is left is about to be ended by force. */
  cutoff: { duration: number; inFlight: number; holds: readonly string[] }
  /** A hook, or the framework's own close, had its turn. */
  hookFinished: HookOutcome
  /** The drain is over. */
  stopped: Report
  /** Something that will lose requests, with the way to mend it. */
  warning: { message: string }
}

/** The name of an event. */
export type LifecycleEventName = keyof LifecycleEvents

/** Published on the diagnostics channel `lameduck` for every event. */
export type LifecycleMessage = {
  [Name in LifecycleEventName]: { event: Name; payload: LifecycleEvents[Name] }
}[LifecycleEventName]

type Listener = (payload: never) => void

/** Tells listeners and the diagnostics channel. A listener that throws costs no request: it becomes a warning. */
export interface Emitter {
  on<Name extends LifecycleEventName>(
    event: Name,
    listener: (payload: LifecycleEvents[Name]) => void,
  ): () => void
  emit<Name extends LifecycleEventName>(event: Name, payload: LifecycleEvents[Name]): void
}

const lameduckChannel = channel('lameduck')

/** Creates an emitter without listeners. */
export function createEmitter(): Emitter {
  const listeners = new Map<LifecycleEventName, Set<Listener>>()
  const emitter: Emitter = {
    on(event, listener) {
      const known = listeners.get(event) ?? new Set()
      listeners.set(event, known.add(listener))
      return () => {
        known.delete(listener)
      }
    },
    emit(event, payload) {
      lameduckChannel.publish({ event, payload })
      for (const listener of [...(listeners.get(event) ?? [])]) {
        try {
          listener(payload as never)
        } catch (error) {
          if (event !== 'warning') {
            emitter.emit('warning', { message: `a listener of "${event}" failed: ${inspect(error)}` })
          }
        }
      }
    },
  }
  return emitter
}
