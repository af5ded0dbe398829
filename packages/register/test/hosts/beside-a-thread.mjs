// A worker thread has a server of its own, of which nobody hears.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { say } from './answers.mjs'

const code = `
  const { createServer } = require('node:http')
  const { parentPort } = require('node:worker_threads')
  const server = createServer((_, response) => response.end('thread'))
  server.listen(0, '127.0.0.1', () => setTimeout(() => parentPort.postMessage(server.address().port), 100))
`
const thread = new Worker(code, { eval: true })
thread.unref()
const [port] = await once(thread, 'message')
say({ thread: port, handlers: process.listenerCount('SIGTERM') })
await import('./node-http.mjs')
