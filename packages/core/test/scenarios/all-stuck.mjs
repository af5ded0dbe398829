// Everything that can hold a process: a hold, a hook that hangs, a listener that never settles, beside what clients do.
import { createServer } from 'node:http'
import { say, standardRoutes, startStandardServer, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const lifecycle = createLifecycle(testOptions())
lifecycle.hold('job')
lifecycle.onDrain(() => new Promise(() => {}))
lifecycle.onStop('database', () => {
  say({ hook: 'database' })
  return new Promise(() => {})
})
lifecycle.onStop('queue', () => new Promise(() => {}))
startStandardServer(lifecycle, createServer(standardRoutes(lifecycle)))
