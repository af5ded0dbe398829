/** What started a drain, and what it leaves out because of that. */
export interface Trigger {
  /** A signal's name, `crash`, or what `stop()` was given. */
  readonly reason: string
  readonly signal?: NodeJS.Signals
  /** Traffic may still be routed here. */
  readonly window: boolean
  /** Idle connections get time for one last request. */
  readonly linger: boolean
  /** At most this many milliseconds, whatever the grace period. */
  readonly limit?: number
  /** What was thrown, if that is why. */
  readonly error?: unknown
  /** The process exits with this code even after a clean drain. */
  readonly exitCode?: number
  /** It is PM2's message, which leaves another time than its signal. */
  readonly byMessage?: true
  /** Code asked for it, and the process need not end. */
  readonly byHand?: true
}

/** What an `onStop` function is told of why it runs. */
export interface StopContext {
  /** A signal's name, `crash`, or what `stop()` was given. */
  readonly reason: string
  readonly signal?: NodeJS.Signals
  /** What was thrown, if that is why. */
  readonly error?: unknown
}

/** The same of a trigger. */
export const contextOf = ({ reason, signal, error }: Trigger): StopContext => ({
  reason,
  ...(signal === undefined ? {} : { signal }),
  ...(error === undefined ? {} : { error }),
})

/** A trigger that a crash has followed, with its error and exit code. */
export const withCrash = (trigger: Trigger, crash: Trigger): Trigger =>
  'error' in crash
    ? { ...trigger, error: crash.error, exitCode: trigger.exitCode || (crash.exitCode ?? 1) }
    : trigger

/** A signal is one gesture with those that follow within this many milliseconds. */
export const gesture = 500

/** The most that a crash waits for what is in flight. */
const crashLimit = 5000

/** The trigger that a signal is. SIGINT is somebody at a keyboard, unless the platform stops processes with it. */
export function signalTrigger(signal: NodeJS.Signals, stopsBySigint: boolean): Trigger {
  const patient = signal !== 'SIGINT' || stopsBySigint
  return { reason: signal, signal, window: patient, linger: patient }
}

const failure = { window: false, linger: false, exitCode: 1 } as const

/** The trigger that an uncaught exception is. */
export const crashTrigger = (error: unknown): Trigger => ({
  ...failure,
  reason: 'crash',
  error,
  limit: crashLimit,
})

/** The trigger that a failed startup task is. */
export const startupFailureTrigger = (name: string): Trigger => ({
  ...failure,
  reason: `startup task "${name}" failed`,
})

/** The trigger that PM2's message is. */
export const shutdownMessageTrigger: Trigger = {
  reason: 'shutdown message',
  window: true,
  linger: true,
  byMessage: true,
}

/** The trigger that a cluster's worker gets when it is on its own. Its siblings get what is new, if anybody does: nothing to wait for. */
export const disconnectTrigger = (reason: string): Trigger => ({ reason, window: false, linger: true })
