// The drain budget for tools that look at a service from outside, so that what they say is what the process will do. The drain
// itself takes the same functions. Loading this starts nothing.

export { createRateMeter } from './drain/rate.js'
export { newcomersEnd, type Traffic, timeForTheLast, windowEnd } from './drain/window.js'
export { LifecycleError } from './errors.js'
export { readDuration } from './options/durations.js'
export { nearest } from './options/nearest.js'
export { environment as environmentVariables } from './options/option-rules.js'
export type { LifecycleOptions } from './options/options.js'
export { makePlan, type Plan, type PlanInput } from './options/plan.js'
export { keepsConnectionsLong, type Platform, presets } from './options/platform.js'
export { resolveSettings, type Settings } from './options/settings.js'
export { probeDefaults } from './probes/probes.js'
