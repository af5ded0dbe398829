/** The time between our exit and the platform's SIGKILL: 10 %, at most 2000. */
export const marginOf = (gracePeriod: number): number => Math.min(gracePeriod * 0.1, 2000)

/** The time between the cutoff and force: 5 %, at most 1000. */
export const abortTime = (gracePeriod: number): number => Math.min(gracePeriod * 0.05, 1000)

/** The least time between force and the deadline, so that the answers which force sends get out: 2.5 %, at most 250. */
export const lastWords = (gracePeriod: number): number => Math.min(gracePeriod * 0.025, 250)
