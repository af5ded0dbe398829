import { nextTick } from '../clock.js'

/** The two events by which Node tells of an error that nobody has caught. */
export type ErrorEvent = 'uncaughtException' | 'unhandledRejection'

/** Hears of an error before the application's listeners do; `true`: it is dealt with, and they never hear of it. */
export type ErrorWatch = (event: ErrorEvent, error: unknown) => boolean

type Emit = (event: string | symbol, ...args: unknown[]) => boolean

/** Puts `around` between Node and the listeners of the process; returns how to take it away. */
function interceptEmit(around: (event: string | symbol, argument: unknown) => boolean): () => void {
  const before = Object.getOwnPropertyDescriptor(process, 'emit')
  let isOn = true
  const emit: Emit = (event, ...args) => {
    if (isOn && around(event, args[0])) return true
    const inner = before ? before.value : Object.getPrototypeOf(process).emit
    return Reflect.apply(inner, process, [event, ...args])
  }
  Object.defineProperty(process, 'emit', { value: emit, configurable: true, writable: true })
  return () => {
    isOn = false
    if (Object.getOwnPropertyDescriptor(process, 'emit')?.value !== emit) return
    if (before) Object.defineProperty(process, 'emit', before)
    else Reflect.deleteProperty(process, 'emit')
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
export function holdExit(holds: (code: number) => boolean): () => void {
  const { exit } = process
  let isOn = true
  const hold = (...args: [(number | string | null)?]) => {
    if (isOn && !isOurs && holds(exitCodeOf(...args))) return
    Reflect.apply(exit, process, args)
  }
  process.exit = hold as typeof exit
  return () => {
    isOn = false
    if (process.exit === hold) process.exit = exit
  }
}
