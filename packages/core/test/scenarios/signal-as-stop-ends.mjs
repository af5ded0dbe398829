import { createServer } from 'node:http'
import { say, standardRoutes, startStandardServer, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const lifecycle = createLifecycle(testOptions())
startStandardServer(lifecycle, createServer(standardRoutes(lifecycle)))
setInterval(() => {}, 1000)
// The kernel has delivered it when this returns, and nothing else has to happen before the stop is over.
lifecycle.onStop('signal', () => process.kill(process.pid, 'SIGTERM'))
process.once('SIGUSR2', async () => {
  await lifecycle.stop()
  say({ stopped: true })
})
