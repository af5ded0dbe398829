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
   * What the handler that calls this was called with: a request of HTTP/1 or HTTP/2, Node's own or its framework's, a
   * stream of HTTP/2, or a call of gRPC. The drain does not wait for it, and it is answered before the process leaves;
   * where it has no answer by then, it gets 503, and the process exits with `forcedExitCode`.
   * A handler that awaits `stop()` without this waits for itself until the cutoff.
   */
  except?: object | undefined
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

/** Node's request, which a framework's own may have as `raw`. */
const rawOf = (request: object): object => {
  const { raw } = request as { raw?: unknown }
  return isRecord(raw) ? raw : request
}

/** Requests have headers; streams and calls have what a response, which is given by mistake, has not. */
const isAnswerable = (given: object) => {
  const { headers, pushStream, getPeer } = given as Record<string, unknown>
  return isRecord(headers) || [pushStream, getPeer].some((method) => typeof method === 'function')
}

const rule = objectOf({
  reason: text,
  window: flag,
  exit: flag,
  except: {
    expected: 'the request that the handler was called with',
    holds: (value) => isRecord(value) && isAnswerable(rawOf(value)),
  },
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
  return { trigger, exit, except: except && rawOf(except), timeout: force ? 0 : toMilliseconds(timeout) }
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
    const found = unfinished.find(({ kind, path, age }) => kind !== 'upgraded' && path && age >= duration)
    if (found === undefined) return
    const what = [found.method, found.path].filter(Boolean).join(' ')
    warn(
      `${what} was in flight when stop() was called, and still is at the cutoff: a handler that awaits stop() or ` +
        'app.close() waits for itself; call lifecycle.stop({ except: req }) there, or do not await it',
    )
  })
}
