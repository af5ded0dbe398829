// A lifecycle

// For adapters
export { isAttached } from './attached.js'
// For adapters of protocols that count calls of their own
export type { CallServer, CallServerOptions } from './calls/call-server.js'
export type { Call, Calls } from './calls/calls.js'
export type { CheckOptions } from './checks.js'
export type { Cut } from './cut.js'
export { discoverServers } from './discover-servers.js'
export type { Drainable, DrainWatcher } from './drainable.js'
export { errorCodes, LifecycleError, type LifecycleErrorCode } from './errors.js'
// What it tells
export type { LifecycleEventName, LifecycleEvents, LifecycleMessage } from './events.js'
export type { Health } from './health.js'
export type { Release } from './holds.js'
export { type AdapterOptions, joinLifecycle, type Seat } from './join-lifecycle.js'
export type { Lifecycle, LifecycleView } from './lifecycle.js'
export type { Logger } from './logger.js'
export type { MessageServer, MessageServerOptions } from './message-server.js'
// Options and what becomes of them
export type { LifecycleOptions } from './options.js'
export type { Plan } from './plan.js'
export type { Platform } from './platform.js'
export type { ProbeAnswer, ProbeName, ProbeOptions, ProbePaths } from './probes.js'
export type { HookOutcome, Report } from './report.js'
export { sharesHandler } from './shares-handler.js'
export type { State } from './state.js'
export type { StepDurations } from './stopwatch.js'
export { createLifecycle } from './this-process.js'
