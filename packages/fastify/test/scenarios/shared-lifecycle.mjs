import { setTimeout as sleep } from 'node:timers/promises'
import { observe, say, sayListening, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'
import graceful from '@lameduck/fastify'
import Fastify from 'fastify'

const lifecycle = createLifecycle(testOptions())
observe(lifecycle)
const apps = [Fastify(), Fastify()]
for (const app of apps) {
  await app.register(graceful, { lifecycle })
  app.get('/slow', async ({ query }) => {
    await sleep(Number(query.ms))
    return 'slow'
  })
}
await apps[0].listen({ port: 0, host: '127.0.0.1' })
say({ afterFirst: lifecycle.state })
await apps[1].listen({ port: 0, host: '127.0.0.1' })
say({ second: apps[1].server.address().port })
sayListening(lifecycle, apps[0].server.address().port)
