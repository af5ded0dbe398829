// A lifecycle

export type { Release } from './drain/holds.js'
export type { Lifecycle, LifecycleView } from './lifecycle/lifecycle.js'
export type { State } from './lifecycle/state.js'
export type { StopOptions } from './lifecycle/stop-call.js'
export type { CheckChange, CheckOptions } from './probes/checks.js'
export type { ProbeResult } from './probes/judge.js'
export { createLifecycle } from './process/this-process.js'

// Options, and what becomes of them

export { errorCodes, LifecycleError, type LifecycleErrorCode } from './errors.js'
export type { FrameworkLogger } from './events/audible.js'
export { consoleLogger, type Logger } from './events/logger.js'
export type { Duration } from './options/durations.js'
export type { LifecycleOptions } from './options/options.js'
export type { Plan } from './options/plan.js'
export type { Platform } from './options/platform.js'
export type { ProbeAnswer, ProbeName, ProbeOptions, ProbePaths } from './probes/probes.js'

// What it tells

export type { Cut } from './drain/cut.js'
export type { HookOutcome, Report } from './drain/report.js'
export type { StepDurations } from './drain/stopwatch.js'
export type { StopContext } from './drain/trigger.js'
export type { LifecycleEventName, LifecycleEvents, LifecycleMessage } from './events/events.js'

// For adapters

export type { Health } from './adapters/health.js'
export { type AdapterOptions, joinLifecycle, type Seat } from './adapters/join-lifecycle.js'
export type { Drainable, DrainWatcher } from './drain/drainable.js'
export { knownVariables } from './options/doubts.js'
export { isAttached } from './servers/attached.js'
export { discoverServers } from './servers/discover-servers.js'
export { sharesHandler } from './servers/shares-handler.js'

// For adapters of protocols that count calls or messages of their own

export type { CallServer, CallServerOptions } from './calls/call-server.js'
export type { Call, Calls } from './calls/calls.js'
export type { MessageServer, MessageServerOptions } from './messages/message-server.js'
