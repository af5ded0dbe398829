import type { Clock } from './clock.js'
import type { HookOutcome } from './report.js'

/** A function to run after the drain. */
export interface Hook {
  readonly name: string
  readonly fn: () => unknown
  /** Its own limit in milliseconds, if that is shorter than its share. */
  readonly timeout?: number
}

/** Runs `fn` and waits for it, at most `limit` milliseconds. Never rejects. */
export function runWithin(clock: Clock, { name, fn }: Hook, limit: number): Promise<HookOutcome> {
  const startedAt = clock.now()
  return new Promise((resolve) => {
    const settle = (outcome: HookOutcome['outcome'], error?: unknown) => {
      cancel()
      const duration = clock.now() - startedAt
      resolve({ name, duration, outcome, ...(error === undefined ? {} : { error }) })
    }
    const cancel = clock.after(Math.max(0, limit), () => settle('timed-out'))
    Promise.resolve()
      .then(fn)
      .then(
        () => settle('done'),
        (error: unknown) => settle('failed', error ?? new Error('rejected without a reason')),
      )
  })
}

/**
 * Runs hooks one after the other; each has its turn even if another fails or hangs. Hook i of n gets what is left
 * until `deadline` ÷ (n − i), or its own smaller timeout.
 */
export async function runHooks(
  clock: Clock,
  hooks: readonly Hook[],
  deadline: () => number,
  finished: (outcome: HookOutcome) => void,
): Promise<void> {
  for (const [i, hook] of hooks.entries()) {
    const share = (deadline() - clock.now()) / (hooks.length - i)
    finished(await runWithin(clock, hook, Math.min(share, hook.timeout ?? share)))
  }
}
