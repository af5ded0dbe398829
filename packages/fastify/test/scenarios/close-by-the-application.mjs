import { setTimeout as sleep } from 'node:timers/promises'
import { observe, say, sayListening, testOptions } from '@lameduck/conformance/subject'
import graceful from '@lameduck/fastify'
import Fastify from 'fastify'

const app = Fastify()
let child
await app.register(graceful, testOptions())
observe(app.lifecycle)
app.register(async (instance) => {
  child = instance
})
app.addHook('preClose', async () => say({ event: 'preClose' }))
app.addHook('onClose', async () => say({ event: 'onClose' }))
app.get('/slow', async ({ query }) => {
  await sleep(Number(query.ms))
  say({ event: 'answered' })
  return 'slow'
})
await app.listen({ port: 0, host: '127.0.0.1' })
sayListening(app.lifecycle, app.server.address().port)
setInterval(() => {}, 1000)
const ways = {
  close: () => app.close(),
  child: () => child.close(),
  dispose: () => app[Symbol.asyncDispose](),
  twice: () => Promise.all([app.close(), app.close()]),
}
process.once('SIGUSR2', async () => {
  await ways[process.env.WAY]()
  say({ closed: app.lifecycle.state, listeners: process.listenerCount('SIGTERM') })
})
