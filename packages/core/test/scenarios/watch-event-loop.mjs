import { say } from '@lameduck/conformance/subject'

/**
 * Says how long the event loop was blocked while draining, seen by a timer that is due every 5 ms. The time in which
 * somebody else had the processor does not count.
 */
export function watchEventLoop(lifecycle) {
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
}
