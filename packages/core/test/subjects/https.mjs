import { createServer } from 'node:https'
import {
  echoUpgrades,
  observe,
  sayListening,
  selfSigned,
  standardRoutes,
  testOptions,
} from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const lifecycle = createLifecycle(testOptions())
observe(lifecycle)
const server = createServer(selfSigned, standardRoutes(lifecycle))
echoUpgrades(server, lifecycle)
lifecycle.attach(server)
server.listen(0, '127.0.0.1', () => {
  lifecycle.ready()
  sayListening(lifecycle, server.address().port)
})
