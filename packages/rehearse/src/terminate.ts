import { pause } from './pause.js'
import type { Exit, ServiceProcess } from './service-process.js'

/** The pod spec's part in the end of a replica. In seconds. */
export interface TerminationTimes {
  grace: number
  preStop: number
}

/** How a replica went. */
export interface Termination {
  exit: Exit
  /** Milliseconds from SIGTERM to the end of the process; `0` when it ended during preStop. */
  drainMs: number
  /** It was still there at the end of the grace period and got SIGKILL. */
  killed: boolean
}

// The kubelet leaves at least this much after preStop, whatever the pod spec says.
const leastAfterPreStop = 2

/**
 * How long the process has from SIGTERM to SIGKILL: what preStop left of the grace period, but at least two seconds, as the kubelet
 * gives it.
 *
 * @returns milliseconds
 */
export function timeAfterSigterm({ grace, preStop }: TerminationTimes): number {
  return Math.max(leastAfterPreStop, grace - preStop) * 1000
}

/**
 * Ends a replica as the kubelet does: preStop sleep, SIGTERM, and SIGKILL when the grace period, which began before preStop, is over.
 *
 * @param onSigterm called with `performance.now()` when SIGTERM is sent
 */
export async function terminate(
  service: ServiceProcess,
  times: TerminationTimes,
  onSigterm: (at: number) => void,
): Promise<Termination> {
  const inPreStop = times.preStop > 0 && (await pause(times.preStop * 1000, service.exited))
  if (inPreStop) return { exit: inPreStop, drainMs: 0, killed: false }

  const signalledAt = performance.now()
  onSigterm(signalledAt)
  service.signal('SIGTERM')
  const inTime = await pause(timeAfterSigterm(times), service.exited)
  if (!inTime) service.kill()
  const exit = inTime ?? (await service.exited)
  return { exit, drainMs: exit.at - signalledAt, killed: inTime === undefined }
}
