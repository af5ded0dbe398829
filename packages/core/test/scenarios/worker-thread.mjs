import { createServer } from 'node:http'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { observe, say, standardRoutes, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url))
  worker.on('message', (message) => say(message))
  worker.on('exit', (code) => say({ workerExit: code }))
  process.once('SIGUSR2', () => worker.postMessage('stop'))
  setInterval(() => {}, 1000)
} else {
  const lifecycle = createLifecycle(testOptions())
  observe(lifecycle)
  const server = createServer(standardRoutes(lifecycle)).listen(0, '127.0.0.1', async () => {
    lifecycle.attach(server)
    await lifecycle.ready()
    parentPort.postMessage({
      listening: server.address().port,
      listeners: process.listenerCount('SIGTERM'),
      ready: true,
    })
  })
  parentPort.once('message', async () => {
    const { exitCode } = await lifecycle.stop()
    parentPort.postMessage({ stopped: exitCode })
    parentPort.close()
  })
}
