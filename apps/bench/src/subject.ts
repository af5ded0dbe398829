// A small server, with or without lameduck, that tells what it costs.
import { writeSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLifecycle } from '@lameduck/core'
import graceful from '@lameduck/fastify'
import fastify from 'fastify'
import { answerQuestions } from './answering.js'

const [framework, equipment] = process.argv.slice(2)
const hasLameduck = equipment === 'lameduck'
const options = { gracePeriod: 60_000, shutdownDelay: 0, linger: 0, logger: false } as const
const keepAliveTimeout = 600_000

const slowly = 30
const streamTime = 2000
const chunkEvery = 5

async function stream(res: ServerResponse): Promise<void> {
  const until = performance.now() + streamTime
  while (performance.now() < until) {
    res.write('chunk\n')
    await sleep(chunkEvery)
  }
  res.end()
}

function handle(req: IncomingMessage, res: ServerResponse): void {
  const body = '{"hello":"world"}'
  const answer = () => {
    res.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
    res.end(body)
  }
  if (req.url === '/') answer()
  else if (req.url === '/stream') void stream(res)
  else if (req.url === '/slow') setTimeout(answer, slowly)
  else if (req.url === '/last') {
    // The least that any process can take to be gone.
    res.once('finish', () => process.exit(0))
    setTimeout(answer, slowly)
  }
}

async function startHttp(): Promise<Server> {
  const server = createServer({ keepAliveTimeout }, handle)
  const lifecycle = hasLameduck ? createLifecycle(options).attach(server) : undefined
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  await lifecycle?.ready()
  return server
}

async function startFastify(): Promise<Server> {
  const app = fastify({ keepAliveTimeout })
  if (hasLameduck) await app.register(graceful, options)
  app.get('/', async () => ({ hello: 'world' }))
  app.get('/slow', async () => {
    await sleep(slowly)
    return { hello: 'world' }
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  return app.server
}

const server = framework === 'fastify' ? await startFastify() : await startHttp()

/** Prints, at the end of the process, the longest time that the event loop did not come to a timer of 1 ms. */
function watchLoop(): void {
  let last = performance.now()
  let longestBlock = 0
  const look = () => {
    const now = performance.now()
    longestBlock = Math.max(longestBlock, now - last)
    last = now
  }
  setInterval(look, 1).unref()
  process.once('exit', () => {
    look()
    writeSync(1, JSON.stringify({ longestBlock }))
  })
}

/** What an application does without lameduck. */
if (equipment === 'plain') {
  process.on('SIGTERM', () => {
    server.close(() => process.exit(0))
    server.closeIdleConnections()
  })
}

answerQuestions({
  port: () => (server.address() as AddressInfo).port,
  cpu: () => process.cpuUsage(),
  heap: async () => {
    for (let i = 0; i < 4; i++) {
      await sleep(20)
      globalThis.gc?.()
    }
    return process.memoryUsage().heapUsed
  },
  watchLoop,
})
