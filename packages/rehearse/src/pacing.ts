/**
 * How many requests are due of a constant rate, counting the first at the start.
 *
 * @param elapsed milliseconds since the start
 * @param rps requests per second
 */
export function dueRequests(elapsed: number, rps: number): number {
  return elapsed < 0 ? 0 : Math.floor((elapsed * rps) / 1000) + 1
}

/** When request number `index` (from 0) is due: milliseconds since the start. */
export function dueTime(index: number, rps: number): number {
  return (index * 1000) / rps
}
