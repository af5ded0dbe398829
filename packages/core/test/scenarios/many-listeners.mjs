import { createServer } from 'node:http'
import { say, standardRoutes, startStandardServer, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const lifecycle = createLifecycle(testOptions())
let heard = 0
for (let number = 0; number < 1000; number++) {
  lifecycle.signal.addEventListener('abort', () => heard++)
  lifecycle.cutoff.addEventListener('abort', () => {})
  lifecycle.onDrain(() => heard++)
}
lifecycle.on('stopped', () => say({ heard }))
startStandardServer(lifecycle, createServer(standardRoutes(lifecycle)))
