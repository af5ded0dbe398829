import type { Clock } from '../clock.js'
import { createCoarseClock } from '../coarse-clock.js'
import type { DrainWatcher } from '../drain/drainable.js'
import { createRateMeter } from '../drain/rate.js'
import type { ProbeResponder } from '../probes/probe-responder.js'
import type { ProbeName, RequestHeaders } from '../probes/probes.js'
import { probeOf } from './answers.js'

/** What a server needs to know of its lifecycle. */
export interface HttpDrainableOptions {
  readonly clock: Clock
  readonly probes: ProbeResponder
  /** Whether a request that is no probe by its path is a sign of traffic. */
  readonly isTraffic: (url: string | undefined, headers: RequestHeaders) => boolean
  /** Whether streams that an `EventSource` has opened are ended at closing. */
  readonly endsEventStreams: boolean
}

/**
 * How far the drain of a server has come: not begun; clients are asked to leave; the accept queue is being emptied; the
 * listener is closed; let go of.
 */
export type Step = 'serving' | 'leaving' | 'closing' | 'closed' | 'released'

/** What all the connections of one server share, whatever they speak. */
export interface ServerContext extends HttpDrainableOptions {
  /** Unix milliseconds, for what asks at every request: up to a tenth of a second old. */
  readonly now: () => number
  step: Step
  watcher: DrainWatcher | undefined
  /** What waits for the listener to close. */
  atTheDoor: (() => void)[]
  /** How many requests come, probes aside. */
  readonly requests: ReturnType<typeof createRateMeter>
  /** Counts a request that is no probe by its path. `connection.served` tells whether it had one before. */
  countRequest(
    connection: { served: boolean },
    url: string | undefined,
    headers: RequestHeaders | undefined,
  ): void
  /** The probe that a request asks for. */
  probeOf(method: string | undefined, url: string | undefined): ProbeName | undefined
  /** Whether a request that comes now is turned away; `isEarly` if its connection was open when the drain began. */
  isRejected(isEarly: boolean): boolean
}

/** Creates the context of a server that is not draining. */
export function createServerContext(options: HttpDrainableOptions): ServerContext {
  const { clock, probes, isTraffic } = options
  const requests = createRateMeter(clock.now())
  const now = createCoarseClock(clock)
  const context: ServerContext = {
    ...options,
    now,
    step: 'serving',
    watcher: undefined,
    atTheDoor: [],
    requests,
    countRequest(connection, url, headers) {
      if (!connection.served && isTraffic(url, headers ?? {})) {
        connection.served = true
        if (context.step !== 'serving') context.watcher?.arrived()
      }
      if (connection.served) requests.count(now())
    },
    probeOf: (method, url) => probeOf(probes, method, url),
    isRejected: (isEarly) => (isEarly || context.step === 'closed') && context.watcher?.rejectLate === true,
  }
  return context
}
