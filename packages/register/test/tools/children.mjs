// Starts what inherits NODE_OPTIONS: a child process, a fork, a worker thread; and looks for a free port.
import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'

const count = "process.listenerCount('SIGTERM') + process.listenerCount('SIGINT')"
if (process.send) process.send(process.listenerCount('SIGTERM'))
else {
  console.log('child', execFileSync(process.execPath, ['--print', count], { encoding: 'utf8' }).trim())
  console.log('fork', (await once(fork(fileURLToPath(import.meta.url)), 'message'))[0])
  const thread = new Worker(`require('node:worker_threads').parentPort.postMessage(${count})`, { eval: true })
  console.log('thread', (await once(thread, 'message'))[0])
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  server.close()
  await once(server, 'close')
  await new Promise((resolve) => setTimeout(resolve, 100))
  console.log('process', process.listenerCount('SIGTERM'), process.eventNames().map(String).sort().join())
}
