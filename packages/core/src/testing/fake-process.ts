import { EventEmitter } from 'node:events'
import type { ProcessLike } from '../process/coordinator.js'
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
}

/** Creates a process that runs. */
export function createFakeProcess(): FakeProcess {
  const events = new EventEmitter()
  let exitCode: number | undefined
  const sent: string[] = []
  let printed = ''
  let watch: ErrorWatch | undefined
  let holds = (_code: number) => false
  return {
    ...noOutput,
    on: (event, listener) => events.on(event, listener as () => void),
    off: (event, listener) => events.off(event, listener as () => void),
    listeners: (event) => events.rawListeners(event),
    listenerCount: (event) => events.listenerCount(event),
    emit(event, ...args) {
      const isError = event === 'uncaughtException' || event === 'unhandledRejection'
      return (isError && watch?.(event as ErrorEvent, args[0])) || events.emit(event, ...args)
    },
    watchErrors(errorWatch) {
      watch = errorWatch
      return () => {
        watch = undefined
      }
    },
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
      if (!holds(code)) exitCode ??= code
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
