// A service beside something else that listens to uncaught errors: $REPORTER says what. SIGUSR2: a rejection nobody handles.
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { say, standardRoutes, startStandardServer, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const errorEvents = ['uncaughtException', 'unhandledRejection']

/** What it sees of the process: it must not find us, however it looks. */
const seen = () =>
  errorEvents.map((event) => ({
    listeners: process.listeners(event).length,
    raw: process.rawListeners(event).length,
    count: process.listenerCount(event),
    named: process.eventNames().includes(event),
  }))

const reporters = {
  none: () => {},
  // As those of Sentry 8+, PostHog and Honeybadger: who finds another listener leaves the exit to it.
  polite() {
    const listener = async (error) => {
      say({ seen: seen() })
      if (process.listeners('uncaughtException').length > 1) return
      await sleep(300)
      say({ reported: error.message })
      process.exit(7)
    }
    process.on('uncaughtException', listener)
  },
  // As Bugsnag's and winston's: exits in any case, and more than once.
  impolite() {
    process.on('uncaughtException', (error) => {
      say({ reported: error.message })
      process.exit(7)
      process.exit(8)
    })
  },
  swallowing: () => process.on('uncaughtException', ({ message }) => say({ caught: message })),
  rejections() {
    process.on('unhandledRejection', async ({ message }) => {
      await sleep(200)
      say({ reported: message })
      process.exit(9)
    })
  },
  monitoring: () =>
    process.on('uncaughtExceptionMonitor', ({ message }) => say({ reported: message, seen: seen() })),
  capturing: () => process.setUncaughtExceptionCaptureCallback(({ message }) => say({ caught: message })),
  // As signal-exit does when its last user goes: puts back what it found before us.
  restoring() {
    const { emit } = process
    setTimeout(() => {
      process.emit = emit
    }, 100)
  },
}

const reporter = process.env['REPORTER']
if (process.env['REPORTER_FIRST']) reporters[reporter]()
const lifecycle = createLifecycle(testOptions())
startStandardServer(lifecycle, createServer(standardRoutes(lifecycle)))
lifecycle.onStop('database', () => say({ hook: 'database' }))
lifecycle.on('stopped', ({ error }) => say({ reason: error?.message ?? 'none' }))
if (!process.env['REPORTER_FIRST']) reporters[reporter]()
say({ before: seen() })
process.once('SIGUSR2', () => {
  Promise.reject(new TypeError('nobody waits for this'))
})
