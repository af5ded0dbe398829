import { setTimeout as sleep } from 'node:timers/promises'
import { observe, say, sayListening, testOptions } from '@lameduck/conformance/subject'
import graceful from '@lameduck/fastify'
import Fastify from 'fastify'

let database = 'open'
const app = Fastify()
await app.register(graceful, testOptions())
observe(app.lifecycle)
app.lifecycle.onStop('queue', () => say({ event: 'onStop' }))
app.addHook('preClose', async () => say({ event: 'preClose' }))
app.addHook('onClose', async () => {
  database = 'closed'
  say({ event: 'onClose' })
  if (process.env.HOOK === 'throws') throw new Error('the pool is stuck')
  if (process.env.HOOK === 'hangs') await new Promise(() => {})
})
app.get('/slow', async ({ query }) => {
  await sleep(Number(query.ms))
  say({ event: `answered, database ${database}` })
  return database
})
await app.listen({ port: 0, host: '127.0.0.1' })
sayListening(app.lifecycle, app.server.address().port)
