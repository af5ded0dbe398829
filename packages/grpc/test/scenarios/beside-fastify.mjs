import { setTimeout as sleep } from 'node:timers/promises'
import { Server, ServerCredentials } from '@grpc/grpc-js'
import { observe, say, sayListening, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'
import fastifyGraceful from '@lameduck/fastify'
import { graceful } from '@lameduck/grpc'
import Fastify from 'fastify'
import { handlersFor, work } from './service.mjs'

const lifecycle = createLifecycle(testOptions())
observe(lifecycle)

const app = Fastify()
await app.register(fastifyGraceful, { lifecycle })
app.get('/slow', async ({ query }) => {
  await sleep(Number(query.ms))
  return 'slow'
})

const { interceptor, attach } = graceful({ lifecycle })
const server = new Server({ interceptors: [interceptor] })
attach(server)
server.addService(work, handlersFor(lifecycle))
const port = await new Promise((resolve, reject) =>
  server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
    error ? reject(error) : resolve(bound),
  ),
)
say({ afterFirst: lifecycle.state })
say({ grpc: port })
await app.listen({ port: 0, host: '127.0.0.1' })
sayListening(lifecycle, app.server.address().port)
