import { createServer } from 'node:http'
import { say, standardRoutes, startStandardServer, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const lifecycle = createLifecycle(testOptions())
startStandardServer(lifecycle, createServer(standardRoutes(lifecycle)))
const listeners = () => ['SIGTERM', 'SIGINT'].map((signal) => process.listenerCount(signal))
say({ listenersBefore: listeners() })
setInterval(() => {}, 1000)
process.once('SIGUSR2', async () => {
  const [first, second] = [lifecycle.stop({ reason: 'test' }), lifecycle.stop()]
  const { exitCode, reason } = await first
  say({
    stopped: { exitCode, reason, same: first === second, state: lifecycle.state },
    listenersAfter: listeners(),
  })
})
