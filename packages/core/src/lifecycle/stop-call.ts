import type { IncomingMessage } from 'node:http'
import type { Drainable } from '../drain/drainable.js'
import type { Trigger } from '../drain/trigger.js'
import type { Emitter } from '../events/events.js'
import { type Duration, toMilliseconds } from '../options/durations.js'
import { demand, flag, isRecord, objectOf, text, time } from '../options/rules.js'

/** How `stop()` stops. */
export interface StopOptions {
  /**
   * What the report says.
   *
   * @default 'stop'
   */
  reason?: string | undefined
  /**
   * Keeps serving for the window first, and lingers, as after a signal.
   *
   * @default false
   */
  window?: boolean | undefined
  /**
   * Ends the process afterwards as a signal would: with every lifecycle in it, within the grace period, by the report's exit
   * code. Without it the process goes on, and the exit code is only what the report says.
   *
   * @default false
   */
  exit?: boolean | undefined
  /**
   * The request of HTTP/1 whose handler calls this: the drain does not wait for it, and it is answered before the process
   * leaves.
   * A handler that awaits `stop()` without this waits for itself until the cutoff.
   */
  except?: IncomingMessage | undefined
  /**
   * Work is cut after that long, if the grace period has no earlier cutoff. `0` cuts it now. A later call may shorten it.
   *
   * @default what the grace period leaves
   */
  timeout?: Duration | undefined
  /**
   * Work is cut now; hooks still run.
   *
   * @default false
   */
  force?: boolean | undefined
}

const rule = objectOf({
  reason: text,
  window: flag,
  exit: flag,
  except: { expected: 'the request that the handler was called with', holds: isRecord },
  timeout: time,
  force: flag,
})

/**
 * Reads what `stop()` was called with.
 *
 * @throws {LifecycleError} OPTION_INVALID, OPTION_UNKNOWN
 */
export function readStop(options: StopOptions) {
  demand('OPTION_INVALID', 'stop', rule, options)
  const { reason = 'stop', window = false, exit = false, except, timeout, force = false } = options
  const trigger: Trigger = { reason, window, linger: window, ...(exit ? {} : { byHand: true as const }) }
  return { trigger, exit, except, timeout: force ? 0 : toMilliseconds(timeout) }
}

/** Warns if what `stop()` has waited for in vain may have been whoever called it. */
export function warnOfWaitingForOneself(
  on: Emitter['on'],
  servers: ReadonlySet<Drainable>,
  warn: (message: string) => void,
): void {
  const stopListening = on('cutoff', ({ duration }) => {
    stopListening()
    const unfinished = [...servers].flatMap((server) => [...server.unfinished()])
    const found = unfinished.find(({ kind, age }) => kind === 'request' && age >= duration)
    if (found === undefined) return
    const { method = '', path = '' } = found
    warn(
      `${method} ${path} was in flight when stop() was called, and still is at the cutoff: a handler that awaits stop() or ` +
        'app.close() waits for itself; call lifecycle.stop({ except: req }) there, or do not await it',
    )
  })
}
