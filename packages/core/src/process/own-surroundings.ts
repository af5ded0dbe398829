import cluster from 'node:cluster'
import { isatty } from 'node:tty'
import type { Surroundings } from '../options/platform.js'
import { forgottenServers } from '../servers/forgotten.js'
import { type Ancestor, ancestorsFrom } from './ancestors.js'
import { isInContainer } from './container.js'
import { readIfAllowed } from './read-if-allowed.js'
import { filesIn, killModeOf } from './systemd-unit.js'
import { isWatched } from './watchers.js'

let known: readonly Ancestor[] | undefined

function ancestors(): readonly Ancestor[] {
  known ??= ancestorsFrom(process.ppid).slice(cluster.isWorker ? 1 : 0)
  return known
}

/** The surroundings of this very process. Nothing in them throws, whatever the process may not look at. */
export function ownSurroundings(): Surroundings {
  return {
    env: process.env,
    // `process.stdout.isTTY` would open the stream, which changes how a pipe is written to.
    isTerminal: isatty(1) || isWatched(ancestors()),
    isContainer: isInContainer(readIfAllowed, process.pid),
    ancestors,
    forgottenServers,
    killMode: () => killModeOf(readIfAllowed, filesIn),
  }
}
