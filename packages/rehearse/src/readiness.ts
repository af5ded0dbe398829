/** What a row of probes has shown so far. */
export interface Readiness {
  ready: boolean
  /** Failed probes in a row. */
  failures: number
}

/** Before the first probe: not ready, nothing failed. */
export const unprobed: Readiness = Object.freeze({ ready: false, failures: 0 })

/**
 * Takes one more probe into account: one success makes ready, `failureThreshold` failures in a row make unready.
 *
 * @param failureThreshold at least 1
 */
export function afterProbe(
  { ready, failures }: Readiness,
  success: boolean,
  failureThreshold: number,
): Readiness {
  if (success) return { ready: true, failures: 0 }
  return { ready: ready && failures + 1 < failureThreshold, failures: failures + 1 }
}
