import type { Cut } from './cut.js'
import type { Drainable } from './drainable.js'
import type { StepDurations } from './stopwatch.js'
import type { Trigger } from './trigger.js'

/** How one hook ended. */
export interface HookOutcome {
  readonly name: string
  /** Milliseconds. */
  readonly duration: number
  readonly outcome: 'done' | 'failed' | 'timed-out'
  /** Why it failed. */
  readonly error?: unknown
}

/** What a drain did. */
export interface Report {
  /** What started it: a signal's name, `crash`, or what `stop()` was given. */
  readonly reason: string
  readonly signal?: NodeJS.Signals
  /** What the process exits with, or would. */
  readonly exitCode: number
  /** Nothing was cut and no hook failed. */
  readonly clean: boolean
  readonly durations: StepDurations
  /** Requests finished and cut while draining, probes aside. */
  readonly requests: { readonly finished: number; readonly cut: number }
  /** Connections closed while draining, by what they were doing. */
  readonly connections: Readonly<Record<string, number>>
  readonly cut: readonly Cut[]
  readonly hooks: readonly HookOutcome[]
}

/** Sums a drain up. */
export function makeReport(
  { reason, signal, exitCode }: Trigger,
  forcedExitCode: number,
  servers: Iterable<Drainable>,
  cut: readonly Cut[],
  hooks: readonly HookOutcome[],
  durations: StepDurations,
): Report {
  const clean = cut.length === 0 && hooks.every(({ outcome }) => outcome === 'done')
  const connections: Record<string, number> = {}
  let finished = 0
  for (const server of servers) {
    finished += server.finished
    for (const [kind, count] of Object.entries(server.closed)) {
      connections[kind] = (connections[kind] ?? 0) + count
    }
  }
  return {
    reason,
    ...(signal ? { signal } : {}),
    exitCode: exitCode ?? (clean ? 0 : forcedExitCode),
    clean,
    durations,
    requests: { finished, cut: cut.filter(({ kind }) => kind !== 'hold' && kind !== 'upgraded').length },
    connections,
    cut: [...cut],
    hooks: [...hooks],
  }
}
