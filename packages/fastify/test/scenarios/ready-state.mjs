// Says which functions of ours run for requests while nothing drains, whatever is done to Node's objects.
import { roughWays, sayWhatRuns, unzip } from '@lameduck/conformance/subject'
import graceful from '@lameduck/fastify'
import Fastify from 'fastify'

const app = Fastify()
await app.register(graceful, { platform: 'none', logger: false })
app.addContentTypeParser('*', (_, payload, done) => done(null, payload))
app.post('/zip', (request, reply) => {
  reply.hijack()
  unzip(request.raw, reply.raw)
})
app.get('/*', (request, reply) => {
  roughWays[request.url]?.(request.raw, reply.raw)
  reply.send('fine')
})
await app.listen({ port: 0, host: '127.0.0.1' })
await sayWhatRuns(app.server.address().port, Object.keys(roughWays))
