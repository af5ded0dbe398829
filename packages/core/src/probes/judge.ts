import type { State } from '../lifecycle/state.js'
import type { CheckResult, Checks } from './checks.js'
import { isGreen, type ProbeName } from './probes.js'

/** What the answers of the probes depend on. */
export interface ProbeContext {
  readonly checks: Checks
  readonly state: () => State
  /** Readiness stays green although the drain has begun. */
  readonly keepsReadiness: () => boolean
  /** Somebody has switched readiness off. */
  readonly isUnready: () => boolean
}

/** What a probe would say, and to code in the process also why. */
export interface ProbeResult {
  readonly status: 'ok' | 'unavailable'
  readonly state: State
  /** The checks that the probe asks, by name. */
  readonly checks: Readonly<
    Record<string, { readonly status: 'ok' | 'failed' } & Pick<CheckResult, 'error' | 'details'>>
  >
}

/** Decides the colour of the probes of one lifecycle. */
export type Judge = ReturnType<typeof createJudge>

/** Creates the judge over `context`. */
export function createJudge({ checks, state, keepsReadiness, isUnready }: ProbeContext) {
  /** Liveness is green until the process is gone: a drain may close what a check asks, and when it is over nothing is open. */
  const isAsked = (probe: ProbeName) =>
    state() !== 'stopped' && (probe !== 'livez' || state() === 'starting' || state() === 'ready')

  const judge = {
    state,
    /** The checks that a probe asks. */
    namesOf: checks.namesOf,
    /** Whether a probe is green, checks aside. */
    isGreen: (probe: ProbeName) =>
      isGreen(probe, state(), keepsReadiness()) && !(probe === 'readyz' && isUnready()),
    /** Asks these checks, and says whether the probe is green with them. */
    async ask(probe: ProbeName, names: readonly string[]) {
      const results = await checks.run(isAsked(probe) ? names : [])
      return { green: judge.isGreen(probe) && results.every(({ ok }) => ok), results }
    },
    /** What a probe would say now, and why. Never rejects. */
    async explain(probe: ProbeName): Promise<ProbeResult> {
      const { green, results } = await judge.ask(probe, judge.namesOf(probe))
      const entries = results.map(({ name, ok, ...why }) => [name, { status: ok ? 'ok' : 'failed', ...why }])
      return {
        status: green ? 'ok' : 'unavailable',
        state: state(),
        checks: Object.fromEntries(entries) as ProbeResult['checks'],
      }
    },
  }
  return judge
}
