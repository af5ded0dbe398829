import { EventEmitter } from 'node:events'
import type { ProcessLike } from '../process/member.js'
import { noOutput } from '../process/output.js'
import type { ErrorEvent, ErrorWatch } from '../process/uncaught.js'

/** A process that signals are sent to by `emit('SIGTERM', 'SIGTERM')`, and that remembers how it exited. */
export interface FakeProcess extends ProcessLike {
  /** The code of the first exit, once there was one. */
  readonly exitCode: number | undefined
  /** What was sent to the parent process. */
  readonly sent: readonly string[]
  /** What was printed to standard error. */
  readonly printed: string
  emit(event: string, ...args: unknown[]): boolean
  listenerCount(event: string): number
  /** An error that nobody catches is heard by lameduck before the listeners of the process. */
  readonly watchesErrors: boolean
  /** The application calls `process.exit`. */
  exitByApplication(code: number): void
  /** The application sends itself this signal; `true`: it was caught. */
  killByApplication(signal: NodeJS.Signals): boolean
  /** Nothing but timers of lameduck keeps the event loop alive. */
  becomeIdle(): void
}

/** Adds it; returns how to take it back. */
const held = <T>(holders: Set<T>, holder: T) => {
  holders.add(holder)
  return () => void holders.delete(holder)
}

/** Creates a process that runs. */
export function createFakeProcess(): FakeProcess {
  const events = new EventEmitter()
  let exitCode: number | undefined
  const sent: string[] = []
  let printed = ''
  let watch: ErrorWatch | undefined
  const exits = new Set<(code: number) => boolean>()
  const kills = new Set<(signal: NodeJS.Signals) => boolean>()
  const due = new Set<() => void>()
  let idle = () => {}
  return {
    ...noOutput,
    emitter: events,
    soon: (fn) => void due.add(fn),
    on: (event, listener) => events.on(event, listener as () => void),
    off: (event, listener) => events.off(event, listener as () => void),
    listenerCount: (event) => events.listenerCount(event),
    emit(event, ...args) {
      for (const fn of due) {
        due.delete(fn)
        fn()
      }
      const isError = event === 'uncaughtException' || event === 'unhandledRejection'
      return (isError && watch?.(event as ErrorEvent, args[0])) || events.emit(event, ...args)
    },
    watchErrors(errorWatch) {
      watch = errorWatch
      return () => {
        watch = undefined
      }
    },
    holdExit: (holder) => held(exits, holder),
    holdKill: (holder) => held(kills, holder),
    killByApplication: (signal) => [...kills].some((holds) => holds(signal)),
    whenIdle(fn) {
      idle = fn
      return () => {
        idle = () => {}
      }
    },
    becomeIdle: () => idle(),
    get watchesErrors() {
      return watch !== undefined
    },
    exitByApplication(code) {
      if (![...exits].some((holds) => holds(code))) exitCode ??= code
    },
    exit(code) {
      exitCode ??= code
    },
    sent,
    send: (message) => void sent.push(message),
    signalsHeard: async () => {},
    releaseChannel: () => {},
    printError(text) {
      printed += text
    },
    get exitCode() {
      return exitCode
    },
    get printed() {
      return printed
    },
  }
}
