import { Agent, createServer, get } from 'node:http'
import { say } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const lifecycle = createLifecycle({ logger: false })
say({ pid: process.pid, plan: lifecycle.plan })
lifecycle.on('stopped', (report) => say({ report }))
const server = createServer((_request, response) => response.end('hello'))
server.keepAliveTimeout = 75_000
lifecycle.attach(server)
server.listen(0, '127.0.0.1', async () => {
  await lifecycle.ready()
  const { port } = server.address()
  const browser = new Agent({ keepAlive: true })
  get({ port, agent: browser }, (response) => response.resume().on('end', () => say({ browsed: port })))
})
