import type { Clock } from '../clock.js'

/** What is needed of a process to get out what it still has to say. */
export interface SpeakingProcess {
  /** What the application has set `process.exitCode` to; 0 if it has not. */
  applicationExitCode(): number
  /** How many bytes standard output and standard error still hold. */
  unwritten(): number
  /** Resolves when what they hold now is written, or cannot be. */
  written(): Promise<void>
  /** Emits `beforeExit` in a turn of its own, if somebody listens to it: error reporters and tracers send then. False if not. */
  beforeExit(code: number): Promise<boolean>
  /** How many things keep the event loop alive, by kind. */
  activity(): ReadonlyMap<string, number>
}

/** Output that has not moved for this long has no reader, and a logger that has not told by then never will. */
const usualPatience = 5000
/** The same where somebody at a keyboard waits for the end. */
export const leastPatience = 250
/** How often that is looked at, and whether what `beforeExit` has begun is over. */
const look = 25
/** What is over now and then may go on in between: a request after a look-up of its address. */
const calmLooks = 2

/** What Node calls an operation on a file that is under way. */
const isOnFile = (kind: string) => kind.startsWith('FSReq')

/** What is said at the end of a process. */
export interface LastWords {
  /** The loggers' own. */
  readonly flush: () => Promise<void>
  /** For `beforeExit`; undefined where it is not emitted. */
  readonly beforeExit: (() => number) | undefined
  /** How long output may stand still, in milliseconds. */
  readonly patience?: number
}

/**
 * Gets the last lines out, and what error reporters and tracers still hold; resolves when all is out, or cannot be, at `until` (Unix
 * milliseconds) at the latest.
 */
export async function sayLastWords(
  host: SpeakingProcess,
  clock: Clock,
  until: number,
  { flush, beforeExit, patience = usualPatience }: LastWords,
): Promise<void> {
  let isOver = false
  const pause = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve))

  /** Until `work` has ended, however it does. */
  const atMost = (ms: number, work: Promise<void>) =>
    new Promise<void>((resolve) => {
      const cancel = clock.after(ms, resolve)
      const done = () => {
        cancel()
        resolve()
      }
      work.then(done, done)
    })

  const isWriting = () => [...host.activity().keys()].some(isOnFile)

  const out = async () => {
    await flushed()
    // Loggers that write files do so by and by, and tell nobody; Node would not end before they have.
    await calm(isWriting, patience)
    await moved()
  }

  const say = async () => {
    await out()
    if (beforeExit === undefined || isOver) return
    const before = host.activity()
    if (!(await host.beforeExit(beforeExit()))) return
    // Until nothing is under way that was not before.
    await calm(() => [...host.activity()].some(([kind, count]) => count > (before.get(kind) ?? 0)))
    await out()
  }

  const flushed = () => atMost(patience, flush())

  /** Output as long as it moves. */
  const moved = async () => {
    if (host.unwritten() === 0) return
    let isWritten = false
    void host.written().then(() => {
      isWritten = true
    })
    let left = host.unwritten()
    let since = clock.now()
    while (!isOver && !isWritten && clock.now() - since < patience) {
      await pause(look)
      const now = host.unwritten()
      if (now !== left) since = clock.now()
      left = now
    }
  }

  /** Until `isBusy` has not been true for some looks, for `most` milliseconds. */
  const calm = async (isBusy: () => boolean, most = Number.POSITIVE_INFINITY) => {
    const since = clock.now()
    await new Promise<void>((resolve) => void clock.nextTurn(resolve))
    if (!isBusy()) return
    const mayGoOn = () => !isOver && clock.now() - since < most
    for (let looks = 0; looks < calmLooks && mayGoOn(); looks = isBusy() ? 0 : looks + 1) await pause(look)
  }

  await atMost(Math.max(0, until - clock.now()), say())
  isOver = true
}
