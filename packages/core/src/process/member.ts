import type { Report } from '../drain/report.js'
import type { Trigger } from '../drain/trigger.js'
import type { State } from '../lifecycle/state.js'
import type { Settings } from '../options/settings.js'
import type { CrashingProcess } from './crashes.js'
import type { SpeakingProcess } from './last-words.js'
import type { HandlingProcess } from './other-handlers.js'
import type { ProcessEvents } from './process-listeners.js'

/** What the coordinator needs of a process. `process` is one; a test has its own. */
export interface ProcessLike extends ProcessEvents, CrashingProcess, SpeakingProcess, HandlingProcess {
  /** Tells the parent process, if it listens. */
  send(message: string): void
  /** Resolves when the signals that have come by now have been heard. */
  signalsHeard(): Promise<void>
  /** The channel to the parent does not keep the process alive any more. */
  releaseChannel(): void
}

/** What a lifecycle is to the coordinator. */
export interface Member {
  readonly state: State
  readonly settings: { readonly byMessage?: Pick<Settings, 'gracePeriod'> } & Pick<
    Settings,
    'signals' | 'otherHandlers' | 'stopsBySigint' | 'crash' | 'hearsMessages' | 'gracePeriod'
  >
  /** Begins to drain, or makes a drain under way end by `deadline`, in Unix milliseconds. */
  begin(trigger: Trigger, deadline: number): Promise<Report>
  /** The drain goes on as if nothing had come. */
  ignored(signal: NodeJS.Signals): void
  /** Leaves a request out of its drain, if it has that request and is draining; false if not. */
  except(request: object): boolean
  /** Whether this error is the doing of its `signal` or `cutoff`, and no crash; says so if it is. */
  absorbs(error: unknown): boolean
  /** Other people's handlers of this signal run last. */
  deferred(signal: NodeJS.Signals, handlers: readonly string[]): void
  /** The process exits now: what is left is cut, no hook runs. */
  forced(exitCode: number): void
  /** Gets the last lines out. */
  flush(): Promise<void>
  /** Has another one join in its place, when it was collected; holds nothing of it. */
  readonly standIn: () => void
}
