// A server that listens and serves before it is attached: on SIGUSR2, or by a request itself.
import http from 'node:http'
import https from 'node:https'
import {
  echoUpgrades,
  observe,
  say,
  selfSigned,
  standardRoutes,
  testOptions,
} from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const lifecycle = createLifecycle(testOptions())
observe(lifecycle)
const routes = standardRoutes(lifecycle)
const handle = (request, response) => {
  if (request.url.endsWith('attach')) attach()
  routes(request, response)
}
const server =
  process.env.PROTOCOL === 'https' ? https.createServer(selfSigned, handle) : http.createServer(handle)
echoUpgrades(server, lifecycle)
server.listen(0, '127.0.0.1', () => say({ listening: server.address().port, ready: true }))

function attach() {
  lifecycle.attach(server)
  lifecycle.ready()
  say({ attached: true })
  if (process.env.DRAIN === 'at once') process.kill(process.pid, 'SIGTERM')
}
process.once('SIGUSR2', attach)
