import type { Clock } from '../clock.js'
import { LifecycleError } from '../errors.js'
import { type Duration, toMilliseconds } from '../options/durations.js'
import { demand, demandNamed, objectOf, positiveTime, time } from '../options/rules.js'

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
}

/** What a check found. */
export interface CheckResult {
  readonly name: string
  readonly ok: boolean
}

interface Check {
  readonly name: string
  readonly fn: (signal: AbortSignal) => unknown
  readonly timeout: number
  readonly ttl: number
  running: Promise<boolean> | undefined
  last: { readonly ok: boolean; readonly at: number } | undefined
}

const options = objectOf({ timeout: positiveTime, ttl: time })

/** The readiness checks of a lifecycle. */
export type Checks = ReturnType<typeof createChecks>

/** Whether a value is what a health indicator of `@nestjs/terminus` returns for something that is down. */
const saysDown = (value: unknown) =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).some((each) => (each as { status?: unknown } | null | undefined)?.status === 'down')

/** Creates an empty list; `changed` is told when a check fails that did not before, and when it is well again. */
export function createChecks(clock: Clock, changed: (name: string, ok: boolean, error?: unknown) => void) {
  const checks: Check[] = []

  const attempt = (check: Check): Promise<boolean> => {
    const { name, fn, timeout } = check
    const controller = new AbortController()
    let isSettled = false
    return new Promise((resolve) => {
      const settle = (ok: boolean, error?: unknown) => {
        cancel()
        if (isSettled) return
        isSettled = true
        check.running = undefined
        const hasChanged = ok !== (check.last?.ok ?? true)
        check.last = { ok, at: clock.now() }
        // Who is told may ask again at once.
        if (hasChanged) changed(name, ok, error)
        resolve(ok)
      }
      const cancel = clock.after(timeout, () => {
        const error = new LifecycleError('CHECK_TIMED_OUT', `check "${name}" took longer than ${timeout} ms`)
        controller.abort(error)
        settle(false, error)
      })
      const run = async () => fn(controller.signal)
      run().then(
        (value) => settle(value !== false && !saysDown(value), value),
        (error: unknown) => settle(false, error),
      )
    })
  }

  const ask = async (check: Check): Promise<boolean> => {
    const { last, ttl } = check
    if (check.running === undefined && last !== undefined && clock.now() - last.at < ttl) return last.ok
    check.running ??= attempt(check)
    return check.running
  }

  return {
    get names() {
      return checks.map(({ name }) => name)
    },
    /** @throws {LifecycleError} ARGUMENT_INVALID, OPTION_INVALID, OPTION_UNKNOWN, NAME_TAKEN */
    add(name: string, fn: (signal: AbortSignal) => unknown, given: CheckOptions = {}) {
      demandNamed('check', name, fn, checks)
      demand('OPTION_INVALID', `check("${name}")`, options, given)
      const { timeout = 1000, ttl = 1000 } = given
      checks.push({
        name,
        fn,
        timeout: toMilliseconds(timeout),
        ttl: toMilliseconds(ttl),
        running: undefined,
        last: undefined,
      })
    },
    /** Runs the checks with these names, each once for all who ask at the same time. Never rejects. */
    run: (names: readonly string[]): Promise<CheckResult[]> =>
      Promise.all(
        checks
          .filter(({ name }) => names.includes(name))
          .map(async (check) => ({ name: check.name, ok: await ask(check) })),
      ),
  }
}
