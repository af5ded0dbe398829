import type { Clock } from '../clock.js'
import type { Emitter } from '../events/events.js'
import type { Plan } from '../options/plan.js'
import type { Settings } from '../options/settings.js'
import type { OtherHandlers } from '../process/other-handlers.js'
import type { Drain } from './drain-under-way.js'
import type { Drainable } from './drainable.js'
import type { Gate } from './gate.js'
import type { Holds } from './holds.js'
import type { StopHooks } from './stop-hooks.js'
import type { Trigger } from './trigger.js'

/** What a drain works on. Lists are read anew at each step: servers may be attached while draining. */
export interface DrainInput {
  readonly clock: Clock
  readonly gate: Gate
  readonly emitter: Emitter
  readonly trigger: Trigger
  readonly plan: Plan
  readonly settings: Pick<Settings, 'late' | 'forcedExitCode'>
  readonly servers: ReadonlySet<Drainable>
  readonly holds: Holds
  /** `onDrain` functions that have not settled, but for those that wait for a server to close. */
  readonly preparing: ReadonlySet<unknown>
  readonly stopHooks: Pick<StopHooks, 'seal' | 'closers' | 'enders'>
  /** Other people's signal handlers: their turn is between `onStop` functions and closes. */
  readonly others: Pick<OtherHandlers, 'turn'>
  /** Every drain of the process, this one included. */
  readonly drains: ReadonlySet<Drain>
  readonly cutoff: AbortController
  /** What a clean end is reported with: the application's own exit code. */
  readonly cleanExitCode: () => number
}
