import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { observe, sayListening, testOptions } from '@lameduck/conformance/subject'
import graceful from '@lameduck/fastify'
import Fastify from 'fastify'

const app = Fastify({
  serverFactory: (handler) => createServer((request, response) => handler(request, response)),
})
await app.register(graceful, testOptions())
observe(app.lifecycle)
app.get('/slow', async ({ query }) => {
  await sleep(Number(query.ms))
  return 'slow'
})
await app.listen({ port: 0, host: '127.0.0.1' })
sayListening(app.lifecycle, app.server.address().port)
