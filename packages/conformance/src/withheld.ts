import { readFileSync } from 'node:fs'

/**
 * How long a process has waited for a processor since it began, in milliseconds: Linux counts it for the main thread. 0 where
 * that cannot be told.
 */
function waitedForProcessor(pid: number): number {
  try {
    const [, nanoseconds = '0'] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')
    return Number(nanoseconds) / 1e6
  } catch {
    return 0
  }
}

/** The time that a busy machine withholds from some processes, from now on. */
export interface Withheld {
  /** Milliseconds so far. */
  soFar(): number
  /** Looks for the last time at a process that is about to be gone. */
  stop(): void
}

/** Often enough that little is missed of a process that ends between two looks. */
const every = 20

/** Counts what is withheld from `pid` and from this process. */
export function countWithheld(pid: number): Withheld {
  const before = [waitedForProcessor(pid), waitedForProcessor(process.pid)] as const
  let theirs = 0
  const look = () => {
    theirs = Math.max(theirs, waitedForProcessor(pid) - before[0])
  }
  const timer = setInterval(look, every).unref()
  return {
    soFar() {
      look()
      return theirs + Math.max(0, waitedForProcessor(process.pid) - before[1])
    },
    stop: () => clearInterval(timer),
  }
}
