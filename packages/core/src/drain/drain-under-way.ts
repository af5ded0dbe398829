import type { Anchors, Plan } from '../options/plan.js'
import type { Drainable } from './drainable.js'
import type { HookOutcome, Report } from './report.js'
import type { Trigger } from './trigger.js'

/** How far it has come; `over` when the last `onStop` function has had its turn. */
export type Phase = 'window' | 'lingering' | 'closing' | 'empty' | 'over'

/** A drain under way. */
export interface Drain {
  readonly plan: Plan & { readonly at: Anchors }
  /** The window is not over: traffic may still be routed here. */
  readonly isInWindow: boolean
  /** No request, hold or `onDrain` function is unfinished. */
  isQuiet(): boolean
  /** Nothing can begin any more either: every connection is closed. */
  isEmpty(): boolean
  /** Its last `onStop` function has had its turn. */
  hasRunHooks(): boolean
  /** Takes part in what has already happened: a server that was attached while draining. */
  include(server: Drainable): void
  /** Ends the drain by `deadline`, in Unix ms, with the slices of `plan` before it, restarting no step; a crash is reported. */
  shorten(plan: Plan, deadline: number, by?: Trigger): void
  /** Cuts what is unfinished at `point`, in Unix milliseconds, if not before. */
  cutBy(point: number): void
  /** Ends the window and the linger now. */
  hurry(): void
  /** Records a hook's outcome that the drain did not run itself. */
  note(outcome: HookOutcome): void
  /**
   * Starts no hook any more: the process exits with `exitCode` now, and leaves behind what this report names. {@link run}
   * resolves with it.
   */
  abandon(exitCode: number): Report
  run(): Promise<Report>
  /** What would be reported if nothing else happened. */
  reportSoFar(): Report
}
