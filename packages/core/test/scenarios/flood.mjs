// Answers nothing, and says what the flood of one client has cost: beside lameduck while draining, or without it.
import { createServer } from 'node:http'
import { observe, say, sayListening, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

let asked = 0
let before
const server = createServer((req) => {
  before ??= process.cpuUsage()
  asked++
  if (asked === 40_000) say({ asked })
  if (asked > 1) return
  req.socket.once('close', () => {
    setImmediate(() => {
      const { user, system } = process.cpuUsage(before)
      say({ cost: Math.round((user + system) / 1000) })
    })
  })
})

if (process.env.LAMEDUCK_TEST_PLAIN === undefined) {
  const lifecycle = createLifecycle(testOptions())
  observe(lifecycle)
  lifecycle.attach(server)
  server.listen(0, '127.0.0.1', async () => {
    await lifecycle.ready()
    sayListening(lifecycle, server.address().port)
  })
} else {
  server.listen(0, '127.0.0.1', () => {
    say({ listening: server.address().port })
    say({ ready: true })
  })
}
