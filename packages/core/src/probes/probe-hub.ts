import type { AddressInfo } from 'node:net'
import type { Judge } from './judge.js'
import { createProbeResponder, noProbes } from './probe-responder.js'
import { startProbeServer } from './probe-server.js'
import type { ProbeSettings } from './probes.js'

/** What a lifecycle hears of the server of its probes. */
export interface ProbeServerEvents {
  /** It listens: nothing keeps readiness back any more. */
  listening(): void
  /** It cannot listen. */
  failed(error: Error): void
  /** Something went wrong that does not end it. */
  warn(message: string): void
}

/** Creates all that answers probes for one lifecycle. A server of their own, if `settings` wants one, listens from now on. */
export function createProbeHub(judge: Judge, settings: ProbeSettings | undefined, events: ProbeServerEvents) {
  const server =
    settings?.port === undefined
      ? undefined
      : startProbeServer(createProbeResponder(judge, settings.paths, 'details'), settings, events)
  return {
    /** The responder for a main port: none if the probes have a server of their own. */
    respond: (probes: ProbeSettings | undefined) =>
      probes === undefined || probes.port !== undefined
        ? noProbes
        : createProbeResponder(judge, probes.paths, probes.verbose ? 'outcomes' : 'nothing'),
    /** The server of the probes, if there is one, listens. */
    get isUp() {
      return server === undefined || server.listening
    },
    /** Where it does. */
    get port() {
      return (server?.address() as AddressInfo | null | undefined)?.port
    },
    /** Stops the server of the probes, if there is one. */
    close() {
      server?.close()
      server?.closeAllConnections()
    },
  }
}
