import cluster from 'node:cluster'
import { isatty } from 'node:tty'
import type { Surroundings } from '../options/platform.js'
import { type Ancestor, ancestorsFrom } from './ancestors.js'
import { isInContainer } from './container.js'
import { readIfAllowed } from './read-if-allowed.js'
import { filesIn, killModeOf } from './systemd-unit.js'

let above: readonly Ancestor[] | undefined

/** The surroundings of this very process. Nothing in them throws, whatever the process may not look at. */
export function ownSurroundings(): Surroundings {
  return {
    env: process.env,
    // `process.stdout.isTTY` would open the stream, which changes how a pipe is written to.
    isTerminal: isatty(1),
    isContainer: isInContainer(readIfAllowed, process.pid),
    ancestors: () => {
      above ??= ancestorsFrom(process.ppid).slice(cluster.isWorker ? 1 : 0)
      return above
    },
    killMode: () => killModeOf(readIfAllowed, filesIn),
  }
}
