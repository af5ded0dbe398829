import { observe, say, sayListening, testOptions } from '@lameduck/conformance/subject'
import graceful from '@lameduck/fastify'
import Fastify from 'fastify'

const app = Fastify({ logger: true })
app.addHook('onRequest', async ({ headers }, reply) => {
  if (headers.authorization === undefined) return reply.code(401).send('who are you?')
})
await app.register(graceful, testOptions())
observe(app.lifecycle)
app.get('/fast', async () => 'fast')
say({ injected: (await app.inject('/livez')).statusCode })
await app.listen({ port: 0, host: '127.0.0.1' })
sayListening(app.lifecycle, app.server.address().port)
