import cluster from 'node:cluster'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { say, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'
import { askAsItCloses } from './as-it-closes.mjs'

// Workers share one listening socket, and its queue.
cluster.schedulingPolicy = cluster.SCHED_NONE

async function startWorker(name) {
  const worker = cluster.fork({ NAME: name })
  await once(worker, 'message')
  return worker
}

if (cluster.isPrimary) {
  const leaver = await startWorker('leaver')
  const sibling = await startWorker('sibling')
  leaver.send('leave')
  const [answers] = await once(leaver, 'message')
  sibling.send('count')
  const [seen] = await once(sibling, 'message')
  say({ answers, seen })
  process.exit()
} else {
  let seen = 0
  const server = createServer((_request, response) => response.end(process.env.NAME))
  server.on('connection', () => seen++)
  const lifecycle = createLifecycle(testOptions())
  lifecycle.attach(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  await lifecycle.ready()
  process.on('message', async (message) => {
    if (message === 'count') return process.send(seen)
    const answers = await askAsItCloses(server, [0, 0, 0])
    await lifecycle.stop()
    process.send(await answers())
  })
  process.send('ready')
}
