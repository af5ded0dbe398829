import { EventEmitter } from 'node:events'
import { isMainThread } from 'node:worker_threads'
import { systemClock } from '../clock.js'
import { writeToStandardError } from '../events/standard-error.js'
import { createLifecycleIn } from '../lifecycle/create-lifecycle.js'
import type { Lifecycle } from '../lifecycle/lifecycle.js'
import type { LifecycleOptions } from '../options/options.js'
import { type Coordinator, createCoordinator, disconnecting } from './coordinator.js'
import type { ProcessLike } from './member.js'
import { noOutput, ownOutput } from './output.js'
import { ownListeners } from './own-listeners.js'
import { ownSurroundings } from './own-surroundings.js'
import { parentMessages, releaseChannel, tellParent, workerDisconnects } from './parent-channel.js'
import { ownSignals } from './signals.js'
import { exitNow, watchErrors } from './uncaught.js'

/** A worker thread neither hears signals nor may end the process: it is told by its parent. */
const deaf: ProcessLike = {
  ...noOutput,
  ...ownSignals,
  emitter: new EventEmitter(),
  on: () => {},
  off: () => {},
  exit: () => {},
  printError: () => {},
  // It dies of its errors as Node wants it, but for those that a lifecycle has caused by its own signal.
  watchErrors: (watch) => watchErrors((_event, error) => watch('unhandledRejection', error)),
  holdExit: () => () => {},
  send: () => {},
  signalsHeard: async () => {},
  releaseChannel: () => {},
}

/** How the events are listened to that need more than `process.on`. */
const special = new Map<string, typeof parentMessages | typeof workerDisconnects>([
  ['message', parentMessages],
  [disconnecting, workerDisconnects],
])

const thisProcess: ProcessLike = {
  ...ownOutput,
  ...ownSignals,
  on: (event, listener) => (special.get(event) ?? ownListeners).add(event, listener as () => void),
  off: (event, listener) => (special.get(event) ?? ownListeners).remove(event, listener as () => void),
  exit: exitNow,
  printError: writeToStandardError,
  watchErrors,
  send: tellParent,
  signalsHeard: () => new Promise((resolve) => void systemClock.nextTurn(resolve)),
  releaseChannel,
}

const kCoordinator = Symbol.for('lameduck.coordinator.v1')

/** The one coordinator of this process, whichever copy of lameduck came first. */
export function processCoordinator(): Coordinator {
  const holder = globalThis as { [kCoordinator]?: Coordinator }
  holder[kCoordinator] ??= createCoordinator(isMainThread ? thisProcess : deaf, systemClock)
  return holder[kCoordinator]
}

/**
 * Creates a lifecycle for this process. It hears signals from now on.
 *
 * @throws {LifecycleError} OPTION_UNKNOWN, OPTION_INVALID, OPTIONS_DO_NOT_FIT, ENVIRONMENT_INVALID
 */
export function createLifecycle(options: LifecycleOptions = {}): Lifecycle {
  const host = { clock: systemClock, coordinator: processCoordinator(), surroundings: ownSurroundings() }
  return createLifecycleIn(host, options)
}
