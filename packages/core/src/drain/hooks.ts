import type { Clock } from '../clock.js'
import { type Gate, waitUntil } from './gate.js'
import { hookPart, type Part, runAsPart } from './part.js'
import type { HookOutcome } from './report.js'

/** A function to run after the drain. */
export interface Hook {
  readonly name: string
  readonly fn: () => unknown
  /** Its own limit in milliseconds, if that is shorter than its share. */
  readonly timeout?: number | undefined
}

/** Functions that run side by side in one turn of {@link runHooks}, as one hook. */
export interface Batch {
  /** Runs them until `due()`, which may move meanwhile. Never rejects. */
  runAll(due: () => number): Promise<readonly HookOutcome[]>
}

/** What Node says to whoever closes a server that is closed: a drain has done it for them, and their work is done. */
const isClosedAlready = (error: unknown) =>
  (error as { code?: unknown } | null | undefined)?.code === 'ERR_SERVER_NOT_RUNNING'

/** Runs `fn` and waits for it until `due()`, which may move while it runs; at least a turn. Never rejects. */
export async function runUntil(
  clock: Clock,
  gate: Gate,
  { name, fn }: Hook,
  due: () => number,
  part?: Part,
): Promise<HookOutcome> {
  const startedAt = clock.now()
  let settled: Pick<HookOutcome, 'outcome' | 'error'> | undefined
  const settle = (outcome: Pick<HookOutcome, 'outcome' | 'error'>) => {
    settled = outcome
    gate.notify()
  }
  const run = async () => (part === undefined ? fn() : runAsPart(part, fn))
  run().then(
    () => settle({ outcome: 'done' }),
    (error: unknown) => settle(isClosedAlready(error) ? { outcome: 'done' } : { outcome: 'failed', error }),
  )
  if (due() <= clock.now()) await new Promise<void>((resolve) => clock.nextTurn(resolve))
  await waitUntil(clock, gate, due, () => settled !== undefined)
  return { name, duration: Math.round(clock.now() - startedAt), ...(settled ?? { outcome: 'timed-out' }) }
}

/** What hooks run under. */
export interface HookRun {
  /** When all of them have to be over, in Unix milliseconds. */
  readonly deadline: () => number
  /** Asked before each of them: somebody may have work that needs what it closes. */
  readonly mayRun: () => boolean
  readonly finished: (outcome: HookOutcome) => void
}

/**
 * Runs hooks one after the other; each has its turn even if another fails or hangs. Hook i of n gets what is left
 * until `deadline()` ÷ (n − i), or its own smaller timeout; a deadline that moves up is heard by the hook that runs.
 */
export async function runHooks(
  clock: Clock,
  gate: Gate,
  hooks: readonly (Hook | Batch)[],
  { deadline, mayRun, finished }: HookRun,
): Promise<void> {
  for (const [i, hook] of hooks.entries()) {
    await gate.until(mayRun)
    const startedAt = clock.now()
    const share = () => (deadline() - startedAt) / (hooks.length - i)
    if ('runAll' in hook) {
      for (const outcome of await hook.runAll(() => startedAt + share())) finished(outcome)
      continue
    }
    const due = () => startedAt + Math.min(share(), hook.timeout ?? Number.POSITIVE_INFINITY)
    finished(await runUntil(clock, gate, hook, due, hookPart))
  }
}
