import { say } from '@lameduck/conformance/subject'

/** Processor time in milliseconds since `earlier`. */
const used = (earlier) => {
  const { user, system } = process.cpuUsage(earlier)
  return (user + system) / 1000
}

const work = () => {
  let length = 0
  for (let i = 0; i < 20_000; i++) length += JSON.stringify({ i, list: [i, i + 1], text: `x${i}` }).length
  return length
}

/** What that work costs on the machine that the limits were chosen on, in milliseconds. */
const usual = 8

/** How many times slower this machine is, or at least as fast. */
function slowness() {
  work()
  const before = process.cpuUsage()
  work()
  return Math.max(1, used(before) / usual)
}

/**
 * Says how long the event loop was blocked while draining, seen by a timer that is due every 5 ms. The time in which
 * somebody else had the processor does not count, nor that the machine is slow.
 */
export function watchEventLoop(lifecycle) {
  let longest = 0
  lifecycle.onDrain(() => {
    let last = performance.now()
    let before = process.cpuUsage()
    setInterval(() => {
      const now = performance.now()
      longest = Math.max(longest, Math.min(now - last - 5, used(before)))
      last = now
      before = process.cpuUsage()
    }, 5)
  })
  lifecycle.on('stopped', () => say({ blocked: longest / slowness() }))
}
