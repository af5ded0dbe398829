import type { EventEmitter } from 'node:events'
import { inspect } from 'node:util'
import type { Clock } from '../clock.js'
import { crashTrigger, type Trigger } from '../drain/trigger.js'
import type { ErrorEvent, ErrorWatch } from './uncaught.js'

/** What is needed of a process to see its errors, and to hold its end. */
export interface CrashingProcess {
  readonly emitter: EventEmitter
  exit(code: number): void
  printError(text: string): void
  /** Hears of errors that nobody has caught, unseen by the listeners of the application and before them. */
  watchErrors(watch: ErrorWatch): () => void
  /** Asks `holds` whenever the application exits; `true`: it goes on. */
  holdExit(holds: (code: number) => boolean): () => void
}

/** What a crash may do. */
export interface CrashPowers {
  /** Somebody wants crashes to drain. */
  drains(): boolean
  /** One of the lifecycles serves. */
  isUp(): boolean
  /** A lifecycle has caused this error itself, by its `signal` or `cutoff`, and has said so. */
  absorbs(error: unknown): boolean
  end(trigger: Trigger): void
}

/** For how long an error reporter may take to send before it exits, in milliseconds. */
const reporterPatience = 30_000

/** An error as Node prints it; nothing in the handling of a crash may throw. */
function show(error: unknown): string {
  try {
    return inspect(error)
  } catch {
    return 'Uncaught exception that cannot be shown'
  }
}

/**
 * Creates the watch over errors that nobody has caught; it does not watch yet. Where the application listens to them, what its listeners do
 * happens: one that swallows the error keeps the process alive, one that exits, now or after it has reported, does so a drain later.
 */
export function createCrashes(host: CrashingProcess, clock: Clock, powers: CrashPowers) {
  let hasCrashed = false
  /** The application's listeners have heard of one more error since the process began to end because of one. */
  let isSecond = false
  let stop: (() => void) | undefined
  let letGo = () => {}

  const crash = (error: unknown) => {
    host.printError(`${show(error)}\n\nNode.js ${process.version}\n`)
    if (hasCrashed || !powers.isUp()) return host.exit(1)
    hasCrashed = true
    powers.end(crashTrigger(error))
  }

  const leaveToOthers = (error: unknown) => {
    isSecond = hasCrashed
    letGo()
    const release = host.holdExit((code) => {
      if (isSecond || !powers.isUp()) return hasCrashed && !isSecond
      if (!hasCrashed) powers.end({ ...crashTrigger(error), exitCode: code })
      hasCrashed = true
      return true
    })
    const cancel = clock.later(reporterPatience, release)
    letGo = () => {
      cancel()
      release()
    }
  }

  const onError = (event: ErrorEvent, error: unknown): boolean => {
    if (powers.absorbs(error)) return true
    if (!powers.drains()) return false
    const isOthers = host.emitter.listenerCount(event) > 0
    if (isOthers) leaveToOthers(error)
    // A rejection that nobody listens to comes again as an exception, or not, as Node was told to.
    else if (event === 'uncaughtException') crash(error)
    return !isOthers && event === 'uncaughtException'
  }

  return {
    /** There was an error that ends the process. */
    get hasCrashed() {
      return hasCrashed
    },
    /** Watches from now on, or not. */
    watch(isWanted: boolean) {
      if (isWanted) stop ??= host.watchErrors(onError)
      else {
        stop?.()
        stop = undefined
      }
    },
  }
}
