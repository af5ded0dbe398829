import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { observe, say, standardRoutes, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const lifecycle = createLifecycle(testOptions())
observe(lifecycle)
const server = createServer(standardRoutes(lifecycle))
lifecycle.attach(server)
lifecycle.onStop('slow', () => sleep(400))
say({ starting: process.listenerCount('SIGTERM') })
lifecycle.signal.addEventListener('abort', () => {
  server.listen(0, '127.0.0.1', () => say({ listening: true }))
})
setInterval(() => {}, 1000)
