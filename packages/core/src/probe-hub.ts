import { type Checks, createChecks } from './checks.js'
import type { Clock } from './clock.js'
import { createProbeResponder, noProbes, type ProbeResponder } from './probe-responder.js'
import { type ProbeServer, startProbeServer } from './probe-server.js'
import type { ProbeSettings } from './probes.js'
import type { State } from './state.js'

/** All that answers probes for one lifecycle. */
export interface ProbeHub {
  readonly checks: Checks
  /** The responder for a main port: none if the probes have a server of their own. */
  respond(probes: ProbeSettings | undefined): ProbeResponder
  /** Stops the server of the probes, if there is one. */
  close(): void
}

/** What a hub needs of its lifecycle. */
export interface ProbeHubOptions {
  readonly clock: Clock
  readonly settings: ProbeSettings | undefined
  readonly state: () => State
  readonly keepsReadiness: () => boolean
  readonly checkChanged: (name: string, ok: boolean, error: unknown) => void
  /** The server of the probes could not listen. */
  readonly failed: (error: Error) => void
}

/** Creates a hub; a server of its own listens from now on. */
export function createProbeHub(options: ProbeHubOptions): ProbeHub {
  const { clock, settings, state, keepsReadiness, checkChanged, failed } = options
  const checks = createChecks(clock, checkChanged)
  const context = { checks, state, keepsReadiness }
  let server: ProbeServer | undefined
  if (settings?.port !== undefined) {
    const responder = createProbeResponder({ ...context, paths: settings.paths }, true)
    server = startProbeServer(responder, { port: settings.port, host: settings.host }, failed)
  }
  return {
    checks,
    respond: (probes) =>
      probes === undefined || probes.port !== undefined
        ? noProbes
        : createProbeResponder({ ...context, paths: probes.paths }, probes.verbose),
    close: () => server?.close(),
  }
}
