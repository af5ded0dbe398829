// Says how long the event loop was blocked while draining, seen by a timer that is due every 5 ms.
import { createServer } from 'node:http'
import { say, standardRoutes, startStandardServer, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const lifecycle = createLifecycle(testOptions())
startStandardServer(lifecycle, createServer({ keepAliveTimeout: 60_000 }, standardRoutes(lifecycle)))
let longest = 0
lifecycle.onDrain(() => {
  let last = performance.now()
  setInterval(() => {
    const now = performance.now()
    longest = Math.max(longest, now - last - 5)
    last = now
  }, 5)
})
lifecycle.on('stopped', () => say({ blocked: longest }))
