// Two workers behind one port. The primary forwards the signal, as a process manager does.
import cluster from 'node:cluster'
import { setTimeout as sleep } from 'node:timers/promises'
import { observe, say, testOptions } from '@lameduck/conformance/subject'
import { graceful } from '@lameduck/express'
import express from 'express'

if (cluster.isPrimary) {
  const workers = [cluster.fork(), cluster.fork()]
  let ready = 0
  cluster.on('message', (_, { port }) => {
    if (++ready === workers.length) say({ listening: port, ready: true })
  })
  cluster.on('exit', (worker, code, signal) => say({ worker: worker.id, code, signal }))
  process.once('SIGTERM', () => {
    for (const worker of workers) worker.process.kill('SIGTERM')
  })
} else {
  const lame = graceful(testOptions())
  observe(lame.lifecycle)
  const app = express()
  app.use(lame)
  app.get('/slow', async ({ query }, res) => {
    say({ handling: cluster.worker.id })
    await sleep(Number(query.ms))
    res.send('slow')
  })
  const server = app.listen(0, '127.0.0.1')
  lame.lifecycle.on('ready', () => process.send({ port: server.address().port }))
}
