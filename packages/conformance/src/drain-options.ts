/** Short slices, so that a case is over in a second or two; explicit ones, so that none depends on where it runs. */
export const quick = {
  platform: 'kubernetes',
  gracePeriod: 8000,
  shutdownDelay: 300,
  linger: 300,
} as const

/** For cases that wait for the cutoff: the margin and the slice before it are small, and so is the whole. */
export const brief = { ...quick, gracePeriod: 5000 } as const

/** For cases in which nothing ends by force, and everything takes a few seconds. */
export const patient = { ...quick, gracePeriod: 30_000 } as const
