/**
 * A short window and linger, so that a case is over in a second or two, and a grace period that is only there to exist: no
 * machine is so busy that it is over first. Explicit ones, so that none depends on where it runs.
 */
export const quick = {
  platform: 'kubernetes',
  gracePeriod: 90_000,
  shutdownDelay: 300,
  linger: 300,
} as const

/** For clients that have to say something within the window: a busy machine may take its time to let them. */
export const roomy = { ...quick, shutdownDelay: 4000 } as const

/**
 * For cases that wait for the cutoff. Behind it there must be time for a busy machine to send what is said then: a second in
 * all, the margin included.
 */
export const brief = { ...quick, gracePeriod: 8000 } as const

/** For cases in which nothing ends by force, and everything takes a few seconds. */
export const patient = quick
