// Says how long the event loop was blocked while draining, seen by a timer that is due every 5 ms. The time in which
// somebody else had the processor does not count.
import { createServer } from 'node:http'
import { say, standardRoutes, startStandardServer, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const lifecycle = createLifecycle(testOptions())
startStandardServer(lifecycle, createServer({ keepAliveTimeout: 60_000 }, standardRoutes(lifecycle)))
let longest = 0
lifecycle.onDrain(() => {
  let last = performance.now()
  let used = process.cpuUsage()
  setInterval(() => {
    const now = performance.now()
    const { user, system } = process.cpuUsage(used)
    longest = Math.max(longest, Math.min(now - last - 5, (user + system) / 1000))
    last = now
    used = process.cpuUsage()
  }, 5)
})
lifecycle.on('stopped', () => say({ blocked: longest }))
