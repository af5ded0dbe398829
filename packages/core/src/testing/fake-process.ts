import { EventEmitter } from 'node:events'
import { constants } from 'node:os'
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

/** Creates a process that runs. */
export function createFakeProcess(): FakeProcess {
  const events = new EventEmitter()
  let exitCode: number | undefined
  const sent: string[] = []
  let printed = ''
  let watch: ErrorWatch | undefined
  let holds = (_code: number) => false
  let signalWatch: ((event: string) => boolean) | undefined
  let end: { signal: NodeJS.Signals; ended: (code: number) => void } | undefined
  let idle = () => {}
  return {
    ...noOutput,
    on: (event, listener) => events.on(event, listener as () => void),
    off: (event, listener) => events.off(event, listener as () => void),
    listeners: (event) => events.rawListeners(event),
    listenerCount: (event) => events.listenerCount(event),
    emit(event, ...args) {
      if (signalWatch?.(event)) return true
      const isError = event === 'uncaughtException' || event === 'unhandledRejection'
      return (isError && watch?.(event as ErrorEvent, args[0])) || events.emit(event, ...args)
    },
    watchErrors(errorWatch) {
      watch = errorWatch
      return () => {
        watch = undefined
      }
    },
    watchSignals(watchOfSignals) {
      signalWatch = watchOfSignals
      return () => {
        signalWatch = undefined
      }
    },
    holdEnd(signal, ended) {
      const holder = { signal, ended }
      end = holder
      return () => {
        if (end === holder) end = undefined
      }
    },
    killByApplication(signal) {
      if (signal === end?.signal) end.ended(0)
      return signal === end?.signal
    },
    callHandler: (handler, signal) =>
      Reflect.apply(handler as () => unknown, events, [signal, constants.signals[signal]]),
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
    holdExit(holder) {
      holds = holder
      return () => {
        if (holds === holder) holds = () => false
      }
    },
    exitByApplication(code) {
      if (end) end.ended(code === 128 + constants.signals[end.signal] ? 0 : code)
      else if (!holds(code)) exitCode ??= code
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
