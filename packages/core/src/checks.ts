import type { Clock } from './clock.js'
import { LifecycleError } from './errors.js'
import { checkNamed } from './startup-tasks.js'

/** Limits of a readiness check, in milliseconds. */
export interface CheckOptions {
  /**
   * A check that takes longer has failed.
   *
   * @default 1000
   */
  timeout?: number | undefined
  /**
   * How long a result is good for. `0` runs the check anew for every probe that does not find one running.
   *
   * @default 1000
   */
  ttl?: number | undefined
}

/** What a check found. */
export interface CheckResult {
  readonly name: string
  readonly ok: boolean
}

/** The readiness checks of a lifecycle. */
export interface Checks {
  readonly names: readonly string[]
  /** @throws {LifecycleError} NAME_TAKEN, ARGUMENT_INVALID */
  add(name: string, fn: (signal: AbortSignal) => unknown, options?: CheckOptions): void
  /** Runs the checks with these names, each once for all who ask at the same time. Never rejects. */
  run(names: readonly string[]): Promise<CheckResult[]>
}

interface Check {
  readonly fn: (signal: AbortSignal) => unknown
  readonly timeout: number
  readonly ttl: number
  running: Promise<boolean> | undefined
  last: { readonly ok: boolean; readonly at: number } | undefined
}

const isTime = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0

function checkTime(name: string, option: string, value: number, least: number): void {
  if (isTime(value) && value >= least) return
  const expected = least > 0 ? 'greater than 0' : '0 or more'
  throw new LifecycleError(
    'ARGUMENT_INVALID',
    `check: expected the ${option} of "${name}" to be a finite number of milliseconds, ${expected}, got ${String(value)}`,
  )
}

/** Creates an empty list; `changed` is told when a check fails that did not before, and when it is well again. */
export function createChecks(
  clock: Clock,
  changed: (name: string, ok: boolean, error?: unknown) => void,
): Checks {
  const checks = new Map<string, Check>()

  const attempt = (name: string, check: Check): Promise<boolean> => {
    const controller = new AbortController()
    let isSettled = false
    return new Promise((resolve) => {
      const settle = (ok: boolean, error?: unknown) => {
        cancel()
        if (isSettled) return
        isSettled = true
        check.running = undefined
        if (ok !== (check.last?.ok ?? true)) changed(name, ok, error)
        check.last = { ok, at: clock.now() }
        resolve(ok)
      }
      const cancel = clock.after(check.timeout, () => {
        const error = new LifecycleError(
          'CHECK_TIMED_OUT',
          `check "${name}" took longer than ${check.timeout} ms`,
        )
        controller.abort(error)
        settle(false, error)
      })
      const run = async () => check.fn(controller.signal)
      run().then(
        (value) => settle(value !== false),
        (error: unknown) => settle(false, error),
      )
    })
  }

  const ask = (name: string, check: Check): Promise<boolean> => {
    if (check.running !== undefined) return check.running
    if (check.last !== undefined && clock.now() - check.last.at < check.ttl)
      return Promise.resolve(check.last.ok)
    check.running = attempt(name, check)
    return check.running
  }

  return {
    get names() {
      return [...checks.keys()]
    },
    add(name, fn, { timeout = 1000, ttl = 1000 } = {}) {
      checkNamed('check', name, fn)
      checkTime(name, 'timeout', timeout, 1)
      checkTime(name, 'ttl', ttl, 0)
      if (checks.has(name)) {
        throw new LifecycleError('NAME_TAKEN', `check: there is a check named "${name}" already`)
      }
      checks.set(name, { fn, timeout, ttl, running: undefined, last: undefined })
    },
    run: (names) =>
      Promise.all(
        names.map(async (name) => {
          const check = checks.get(name)
          return { name, ok: check !== undefined && (await ask(name, check)) }
        }),
      ),
  }
}
