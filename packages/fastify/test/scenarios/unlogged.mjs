// An application without a logger, in which FAULT fails.
import { observe, say, sayListening, testOptions } from '@lameduck/conformance/subject'
import graceful from '@lameduck/fastify'
import Fastify from 'fastify'

const { FAULT, FASTIFY_OPTIONS = '{}' } = process.env
const fails = async () => {
  throw new Error('no database')
}
const app = Fastify(JSON.parse(FASTIFY_OPTIONS))
await app.register(graceful, testOptions())
if (FAULT === 'startup') app.lifecycle.startup('migrate', fails)
else {
  observe(app.lifecycle)
  app.lifecycle.onStop('pool', fails)
}
app.get('/hang', () => {
  say({ hanging: true })
  return new Promise(() => {})
})
await app.listen({ port: 0, host: '127.0.0.1' })
if (FAULT !== 'startup') sayListening(app.lifecycle, app.server.address().port)
