// A worker of a cluster serves; its primary only passes the signal on, and leaves with the worker's exit code.
import cluster from 'node:cluster'

if (cluster.isPrimary) {
  const worker = cluster.fork()
  process.on('SIGTERM', () => worker.process.kill('SIGTERM'))
  cluster.on('exit', (_, code) => {
    process.exitCode = code
  })
} else {
  await import('./node-http.mjs')
}
