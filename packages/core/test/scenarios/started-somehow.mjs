import { createServer } from 'node:http'
import { say, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const lifecycle = createLifecycle(testOptions())
lifecycle.on('warning', ({ message }) => say({ warning: message }))
lifecycle.on('stopped', (report) => say({ report }))
if (process.env.HOLD) lifecycle.hold(process.env.HOLD)
const server = createServer((_request, response) => response.end('hello'))
server.keepAliveTimeout = 75_000
lifecycle.attach(server)
server.listen(0, '127.0.0.1', async () => {
  await lifecycle.ready()
  say({ ready: process.pid })
})
