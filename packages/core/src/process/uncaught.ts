import { nextTick } from '../clock.js'
import { replaceMethod } from './replace-method.js'

/** The two events by which Node tells of an error that nobody has caught. */
export type ErrorEvent = 'uncaughtException' | 'unhandledRejection'

/** Hears of an error before the application's listeners do; `true`: it is dealt with, and they never hear of it. */
export type ErrorWatch = (event: ErrorEvent, error: unknown) => boolean

/** Puts `around` between Node and the listeners of the process; returns how to take it away. */
export const interceptEmit = (around: (event: unknown, argument: unknown) => boolean): (() => void) =>
  replaceMethod(
    'emit',
    (emit) =>
      (...args) =>
        around(args[0], args[1]) || emit(...args),
  )

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
    const stop = interceptEmit((event, error) => {
      if (event !== 'uncaughtException') return false
      stop()
      return watch(event, error)
    })
    nextTick(stop)
  }
  const stop = interceptEmit((event, error) => event === 'unhandledRejection' && watch(event, error))
  process.on('uncaughtExceptionMonitor', onMonitor)
  return () => {
    process.off('uncaughtExceptionMonitor', onMonitor)
    stop()
  }
}

let isOurs = false

/** Exits, whoever holds the exit. */
export function exitNow(code: number): void {
  isOurs = true
  try {
    process.exit(code)
  } finally {
    isOurs = false
  }
}

/** The code of `process.exit(code)`, and of `process.exit()`: what the application has set `process.exitCode` to. */
export const exitCodeOf = (code: unknown = process.exitCode): number => Number(code ?? 0) || 0

/**
 * Asks `holds` whenever somebody calls `process.exit`; `true`: the process goes on, and the caller too.
 *
 * @returns how to stop
 */
export const holdExit = (holds: (code: number) => boolean): (() => void) =>
  replaceMethod(
    'exit',
    (exit) =>
      (...args) =>
        isOurs || !holds(exitCodeOf(...args)) ? exit(...args) : undefined,
  )
