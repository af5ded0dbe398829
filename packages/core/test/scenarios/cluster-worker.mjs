import cluster from 'node:cluster'
import { createServer } from 'node:http'
import { say, standardRoutes, startStandardServer, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

if (cluster.isPrimary) {
  const worker = cluster.fork()
  say({ worker: worker.process.pid })
  process.on('SIGUSR2', () => worker.disconnect())
  worker.on('exit', (code, signal) => {
    say({ left: code ?? signal, voluntarily: worker.exitedAfterDisconnect })
  })
} else {
  const lifecycle = createLifecycle(testOptions())
  const routes = standardRoutes(lifecycle)
  startStandardServer(
    lifecycle,
    createServer((request, response) => {
      if (request.url !== '/leave') return routes(request, response)
      response.end('leaving')
      cluster.worker.disconnect()
    }),
  )
}
