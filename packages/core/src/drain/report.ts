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
  /** What was thrown, if there was a crash: it started the drain, or came while draining. */
  readonly error?: unknown
  /** What the process exits with, or would. */
  readonly exitCode: number
  /** Nothing was cut and no hook failed. */
  readonly clean: boolean
  readonly durations: StepDurations
  /** Requests finished and cut while draining, probes aside. */
  readonly requests: { readonly finished: number; readonly cut: number }
  /** Connections closed while draining, by what they were doing. */
  readonly connections: Readonly<Record<string, number>>
  /** What was cut, holds first: at most 100 of it, with paths of at most 200 characters. */
  readonly cut: readonly Cut[]
  /** How many more were cut than `cut` lists; 0 almost always. */
  readonly unlisted: number
  readonly hooks: readonly HookOutcome[]
  /**
   * The addresses of servers of HTTP that listened when the process was told to end, and that no lifecycle had: what they
   * were doing is lost, uncounted. There only if there were any; `clean` speaks of what was attached.
   */
  readonly unattached?: readonly string[]
}

/** One client can have tens of thousands of requests cut, with long paths: the report is a line of a log all the same. */
const mostListed = 100
const longestPath = 200

const listed = (cut: Cut): Cut =>
  cut.path === undefined || cut.path.length <= longestPath
    ? cut
    : { ...cut, path: `${cut.path.slice(0, longestPath - 1)}…` }

/** The first of `works`, as the report lists them, and how many more there are. */
export const shortList = (works: readonly Cut[]) => ({
  listed: works.slice(0, mostListed).map(listed),
  unlisted: Math.max(0, works.length - mostListed),
})

/** Sums a drain up. */
export function makeReport(
  trigger: Trigger,
  exitCodes: { readonly clean: number; readonly forced: number },
  servers: Iterable<Drainable>,
  cut: readonly Cut[],
  hooks: readonly HookOutcome[],
  durations: StepDurations,
): Report {
  const { reason, signal, exitCode } = trigger
  const clean = cut.length === 0 && hooks.every(({ outcome }) => outcome === 'done')
  const list = shortList(cut)
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
    ...('error' in trigger ? { error: trigger.error } : {}),
    exitCode: exitCode ?? (clean ? exitCodes.clean : exitCodes.forced || exitCodes.clean),
    clean,
    durations,
    requests: { finished, cut: cut.filter(({ kind }) => kind !== 'hold' && kind !== 'upgraded').length },
    connections,
    cut: list.listed,
    unlisted: list.unlisted,
    hooks: [...hooks],
  }
}
