import { nextTick } from '../clock.js'
import { replaceMethod } from '../replace-method.js'
import { ownListeners } from './own-listeners.js'

/** The two events by which Node tells of an error that nobody has caught. */
export type ErrorEvent = 'uncaughtException' | 'unhandledRejection'

/** Hears of an error before the application's listeners do; `true`: it is dealt with, and they never hear of it. */
export type ErrorWatch = (event: ErrorEvent, error: unknown) => boolean

type Around = (event: unknown, argument: unknown) => boolean

/** Puts `around` around whatever `process.emit` is now. */
export const cover = (around: Around): (() => void) =>
  replaceMethod(
    process,
    'emit',
    (emit) =>
      (...args) =>
        around(args[0], args[1]) || emit(...args),
  )

const arounds = new Set<Around>()
let giveBack = () => {}

/** Puts `around` between Node and the listeners of the process, once for however many there are; returns how to take it away. */
export function interceptEmit(around: Around): () => void {
  if (arounds.size === 0) giveBack = cover((...args) => [...arounds].some((each) => each(...args)))
  arounds.add(around)
  return () => {
    if (arounds.delete(around) && arounds.size === 0) giveBack()
  }
}

/**
 * Hears of errors without being a listener: error reporters count listeners, and leave the exit to others where they find one.
 * Node emits `uncaughtExceptionMonitor` in the moment before it emits `uncaughtException`, so `emit` is ours for that moment alone;
 * whatever else has been put around it meanwhile. A capture callback wins: Node asks nobody else then. Before
 * `unhandledRejection` there is no such moment: `emit` is ours all the time, for that one event.
 *
 * @returns how to stop
 */
export function watchErrors(watch: ErrorWatch): () => void {
  const onMonitor = () => {
    if (process.hasUncaughtExceptionCaptureCallback()) return
    const stop = cover((event, error) => {
      if (event !== 'uncaughtException') return false
      stop()
      return watch(event, error)
    })
    nextTick(stop)
  }
  const stop = interceptEmit((event, error) => event === 'unhandledRejection' && watch(event, error))
  ownListeners.add('uncaughtExceptionMonitor', onMonitor)
  return () => {
    ownListeners.remove('uncaughtExceptionMonitor', onMonitor)
    stop()
  }
}

/** What `process.exit` sets before it calls `process.reallyExit`. */
const exiting = process as { _exiting?: boolean }

let isOurs = false
/** Listeners of `exit` have heard of one that was held: somebody had taken `process.exit` from the process before. */
let isAnnounced = false

/** Exits, whoever holds the exit. */
export function exitNow(code: number): void {
  isOurs = true
  exiting._exiting ||= isAnnounced
  process.exit(code)
}

/** The code of `process.exit(code)`, and of `process.exit()`: what the application has set `process.exitCode` to. */
export const exitCodeOf = (code: unknown = process.exitCode): number => Number(code ?? 0) || 0

/**
 * Asks `holds` whenever somebody exits the process; `true`: the process goes on, and the caller too.
 *
 * @returns how to stop
 */
export function holdExit(holds: (code: number) => boolean): () => void {
  const { exitCode } = process
  isOurs = false
  /** Throws what Node's own would, of a code that is none. */
  const check = (code: unknown) => Object.assign(process, { exitCode: code }, { exitCode: process.exitCode })
  const isHeld = (...args: unknown[]) => !isOurs && check(args[0]) && holds(exitCodeOf(...args))
  const letGo = [
    replaceMethod(
      process,
      'exit',
      (exit) =>
        (...args) =>
          isHeld(...args) ? undefined : exit(...args),
    ),
    replaceMethod(process, 'reallyExit', (exit) => (...args) => {
      if (!isHeld(...args)) return exit(...args)
      isAnnounced = true
      exiting._exiting = false
      process.exitCode = exitCode
      return undefined
    }),
  ]
  return () => {
    for (const each of letGo) each()
  }
}
