import type { Clock } from './clock.js'

/** How old a reading may be. */
const resolution = 100

/**
 * Reads a clock at most ten times a second, for what is read at every request: a reading costs up to a hundred
 * nanoseconds, which is a hundredth of what a small request costs. Whoever asks seldom gets the exact time.
 */
export function createCoarseClock(clock: Clock): () => number {
  let reading: number | undefined
  const forget = () => {
    reading = undefined
  }
  return () => {
    if (reading === undefined) {
      reading = clock.now()
      clock.later(resolution, forget)
    }
    return reading
  }
}
