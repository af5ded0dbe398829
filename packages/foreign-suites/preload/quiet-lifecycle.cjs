'use strict'
// A lifecycle that a foreign test cannot see: it hears no signals, prints nothing, and holds no process.

/**
 * Loads core with timers that do not keep the process alive: a foreign test ends when its own work has ended.
 *
 * @returns {typeof import('@lameduck/core')}
 */
function loadCore() {
  const timers = require('node:timers')
  const { setTimeout: original } = timers
  const unrefed = (/** @type {Parameters<typeof setTimeout>} */ ...args) => original(...args).unref()
  timers.setTimeout = /** @type {typeof setTimeout} */ (Object.assign(unrefed, original))
  try {
    return require('@lameduck/core')
  } finally {
    timers.setTimeout = original
  }
}

const core = loadCore()
const hour = 3_600_000

/** Whatever a test does is over before anything is cut. */
const options = /** @type {const} */ ({
  signals: false,
  crash: false,
  logger: false,
  platform: 'none',
  gracePeriod: 3 * hour,
  shutdownDelay: 0,
  linger: 0,
})

exports.options = options
exports.createQuietLifecycle = () => core.createLifecycle(options)
