import type { Clock } from '../clock.js'
import { LifecycleError } from '../errors.js'
import { type Duration, toMilliseconds } from '../options/durations.js'
import { demand, demandNamed, objectOf, oneOf, positiveTime, time } from '../options/rules.js'
import type { ProbeName } from './probes.js'

/** Limits of a check, in milliseconds or as a text with a unit, such as `'2s'`. */
export interface CheckOptions {
  /**
   * A check that takes longer has failed.
   *
   * @default 1000
   */
  timeout?: Duration | undefined
  /**
   * How long a result is good for. `0` runs the check anew for every probe that does not find one running.
   *
   * @default 1000
   */
  ttl?: Duration | undefined
  /**
   * The probe that turns red while it fails: readiness, or liveness, which has the platform start the process anew. A
   * liveness check is not asked any more once draining has begun: liveness is green until the process is gone.
   *
   * @default 'readyz'
   */
  probe?: 'readyz' | 'livez' | undefined
}

/** What a check found. */
export interface CheckResult {
  readonly name: string
  readonly ok: boolean
  /** What it threw, or was rejected with; that it took too long. */
  readonly error?: unknown
  /** What it returned, if that says more than yes or no. */
  readonly details?: unknown
}

interface Check {
  readonly name: string
  readonly fn: (signal: AbortSignal) => unknown
  readonly timeout: number
  readonly ttl: number
  readonly probe: 'readyz' | 'livez'
  running?: Promise<CheckResult> | undefined
  last?: { readonly result: CheckResult; readonly at: number } | undefined
}

const options = objectOf({ timeout: positiveTime, ttl: time, probe: oneOf('readyz', 'livez') })

/** The checks of a lifecycle. */
export type Checks = ReturnType<typeof createChecks>

/** Whether a value is what a health indicator of `@nestjs/terminus` returns for something that is down. */
const saysDown = (value: unknown) =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).some((each) => (each as { status?: unknown } | null | undefined)?.status === 'down')

/** What a check found, and which probe it is of. */
export interface CheckChange extends CheckResult {
  readonly probe: 'readyz' | 'livez'
}

const says = (value: unknown): object =>
  value === undefined || typeof value === 'boolean' ? {} : { details: value }

/** Creates an empty list; `changed` is told when a check fails that did not before, and when it is well again. */
export function createChecks(clock: Clock, changed: (change: CheckChange) => void) {
  const checks: Check[] = []

  const attempt = (check: Check): Promise<CheckResult> => {
    const { name, fn, timeout, probe } = check
    const controller = new AbortController()
    let isSettled = false
    return new Promise((resolve) => {
      const settle = (result: CheckResult) => {
        cancel()
        if (isSettled) return
        isSettled = true
        check.running = undefined
        const hasChanged = result.ok !== (check.last?.result.ok ?? true)
        check.last = { result, at: clock.now() }
        // Who is told may ask again at once.
        if (hasChanged) changed({ ...result, probe })
        resolve(result)
      }
      const cancel = clock.after(timeout, () => {
        const error = new LifecycleError('CHECK_TIMED_OUT', `check "${name}" took longer than ${timeout} ms`)
        controller.abort(error)
        settle({ name, ok: false, error })
      })
      const run = async () => fn(controller.signal)
      run().then(
        (value) => settle({ name, ok: value !== false && !saysDown(value), ...says(value) }),
        (error: unknown) => settle({ name, ok: false, error }),
      )
    })
  }

  const ask = async (check: Check): Promise<CheckResult> => {
    const { last, ttl } = check
    if (check.running === undefined && last !== undefined && clock.now() - last.at < ttl) return last.result
    check.running ??= attempt(check)
    return check.running
  }

  return {
    /** Those that a probe asks. */
    namesOf: (asked: ProbeName) => checks.filter(({ probe }) => probe === asked).map(({ name }) => name),
    /** @throws {LifecycleError} ARGUMENT_INVALID, OPTION_INVALID, OPTION_UNKNOWN, NAME_TAKEN */
    add(name: string, fn: (signal: AbortSignal) => unknown, given: CheckOptions = {}) {
      demandNamed('check', name, fn, checks)
      demand('OPTION_INVALID', `check("${name}")`, options, given)
      const { timeout = 1000, ttl = 1000, probe = 'readyz' } = given
      checks.push({ name, fn, timeout: toMilliseconds(timeout), ttl: toMilliseconds(ttl), probe })
    },
    /** Runs the checks with these names, each once for all who ask at the same time. Never rejects. */
    run: (names: readonly string[]): Promise<CheckResult[]> =>
      Promise.all(checks.filter(({ name }) => names.includes(name)).map(ask)),
  }
}
