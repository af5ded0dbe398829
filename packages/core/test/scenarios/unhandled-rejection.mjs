import { createServer } from 'node:http'
import { say, standardRoutes, startStandardServer, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const lifecycle = createLifecycle(testOptions())
startStandardServer(lifecycle, createServer(standardRoutes(lifecycle)))
lifecycle.onStop('database', () => say({ hook: 'database' }))
process.once('SIGUSR2', () => {
  Promise.reject(new TypeError('nobody waits for this'))
})
