import { createServer } from 'node:http'
import { say, standardRoutes, startStandardServer, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const lifecycle = createLifecycle(testOptions())
const server = startStandardServer(lifecycle, createServer(standardRoutes(lifecycle)))
lifecycle.onStop('database', () => say({ hook: 'database' }))
process.once('SIGUSR2', async () => {
  await lifecycle[Symbol.asyncDispose]()
  say({ disposed: lifecycle.state, listening: server.listening })
})
