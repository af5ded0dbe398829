import { createServer } from 'node:http'
import {
  echoUpgrades,
  observe,
  sayListening,
  standardRoutes,
  testOptions,
} from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const lifecycle = createLifecycle(testOptions())
observe(lifecycle)
const server = createServer(standardRoutes(lifecycle))
echoUpgrades(server, lifecycle)
lifecycle.attach(server)
server.listen(0, '127.0.0.1', () => {
  lifecycle.ready()
  sayListening(lifecycle, server.address().port)
})
