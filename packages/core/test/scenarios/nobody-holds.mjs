// Lifecycles whose variables are out of scope: what a signal has to find of them is found, however often was collected.
import { subscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { createServer as createNetServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { say, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'
import { WebSocketServer } from 'ws'

const options = { logger: false, probes: false, ...testOptions() }

/** Settles a while after the first lifecycle has begun to close. */
const closing = new Promise((resolve) => {
  subscribe('lameduck', ({ event }) => {
    if (event === 'draining') say({ draining: true })
    if (event === 'closing') setTimeout(resolve, 500)
  })
})

const whileDraining = async (_request, response) => {
  say({ handling: true })
  await closing
  response.end('whole')
}

const listen = async (server) => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server.address().port
}

const make = {
  /** No hook, no listener, no probe: only a server. */
  async http() {
    const server = createServer(whileDraining)
    void createLifecycle(options).attach(server).ready()
    return listen(server)
  },
  async http2() {
    const server = createHttp2Server(whileDraining)
    void createLifecycle(options).attach(server).ready()
    return listen(server)
  },
  /** The application closes its server, which still answers its last request. */
  async closed() {
    const server = createServer((request, response) => {
      whileDraining(request, response)
      server.close()
    })
    void createLifecycle(options).attach(server).ready()
    return listen(server)
  },
  /** A server that never listens, and is handed its connections. */
  async handed() {
    const inner = createServer(whileDraining)
    void createLifecycle(options).attach(inner).ready()
    return listen(createNetServer((socket) => inner.emit('connection', socket)))
  },
  async webSocket() {
    const server = createServer()
    void createLifecycle(options).attach(server).attach(new WebSocketServer({ server })).ready()
    return listen(server)
  },
  /** Nothing but probes. */
  async probes() {
    const lifecycle = createLifecycle({ ...options, probes: { port: 0, host: '127.0.0.1' } })
    lifecycle.attach(createServer())
    await lifecycle.ready()
    return lifecycle.probesPort
  },
  /** Nothing but hooks, beside a server that never listens and none at all. */
  async hooks() {
    const withServer = () => createLifecycle(options).attach(createServer())
    withServer().onStop('onStop', () => say({ told: 'onStop' }))
    withServer().onDrain(() => say({ told: 'onDrain' }))
    withServer().on('closing', () => say({ told: 'on' }))
    withServer().signal.addEventListener('abort', () => say({ told: 'signal' }))
    createLifecycle(options).onDrain(() => say({ told: 'onDrain, no server' }))
    const release = withServer().hold('job')
    closing.then(() => {
      say({ told: 'hold' })
      release()
    })
    const until = (signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          say({ told: 'startup' })
          resolve()
        })
      })
    withServer().startup('cache', until)
  },
}

const ports = {}
for (const [kind, start] of Object.entries(make)) ports[kind] = await start()
// A canary: what nobody needs is collected by now.
const canaries = Array.from(
  { length: 50 },
  () => new WeakRef(createLifecycle(options).attach(createServer())),
)
const collect = async () => {
  for (let i = 0; i < 5; i++) {
    await sleep(50)
    globalThis.gc()
  }
}
await collect()
say({ canaries: canaries.filter((each) => each.deref() !== undefined).length })
process.on('SIGUSR2', async () => {
  await collect()
  say({ collected: true })
})
say({ ports })
say({ listening: ports.http })
