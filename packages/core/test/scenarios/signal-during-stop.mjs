import { createServer } from 'node:http'
import { say, standardRoutes, startStandardServer, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const lifecycle = createLifecycle(testOptions())
startStandardServer(lifecycle, createServer(standardRoutes(lifecycle)))
lifecycle.onStop('database', () => say({ hook: 'database' }))
setInterval(() => {}, 1000)
process.once('SIGUSR2', () => lifecycle.stop())
