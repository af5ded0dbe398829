// The standard routes, written as a Fastify application would.
import { setTimeout as sleep } from 'node:timers/promises'
import { createGzip } from 'node:zlib'
import websocket from '@fastify/websocket'
import {
  blockEventLoop,
  contextOf,
  echoUpgrades,
  eventStream,
  eventsWanted,
  isForWebSockets,
  lines,
  observe,
  say,
  sayListening,
  stopBy,
  testOptions,
  testPort,
  webSocketRoutes,
} from '@lameduck/conformance/subject'
import graceful from '@lameduck/fastify'
import Fastify from 'fastify'

export async function startApplication(options) {
  const app = Fastify({ bodyLimit: 64 * 2 ** 20, ...options })
  await app.register(graceful, { logger: console, ...testOptions() })
  observe(app.lifecycle)
  await addWebSockets(app)
  addBodyParsers(app)
  addPlainRoutes(app)
  addStreamRoutes(app)
  addCarelessRoutes(app)
  await app.listen({ port: testPort(), host: '127.0.0.1' })
  sayListening(app.lifecycle, app.server.address().port)
  return app
}

/** `@fastify/websocket` takes every upgrade for its own; here the others are echoed. */
async function addWebSockets(app) {
  await app.register(websocket, { options: { perMessageDeflate: true } })
  const [handOn] = app.server.listeners('upgrade')
  app.server.off('upgrade', handOn)
  app.server.on('upgrade', (request, socket, head) => {
    if (isForWebSockets(request)) handOn(request, socket, head)
  })
  echoUpgrades(app.server, app.lifecycle)
  for (const path of ['/ws', '/ws/goodbye', '/ws/big']) {
    app.get(path, { websocket: true }, (webSocket, { url }) => webSocketRoutes(webSocket, url, app.lifecycle))
  }
}

/** Bodies reach their handlers unread. */
function addBodyParsers(app) {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
}

function addPlainRoutes(app) {
  app.get('/fast', async () => 'fast')
  app.get('/context', async () => contextOf())
  app.get('/slow', async ({ query }) => {
    await sleep(Number(query.ms))
    return 'slow'
  })
  app.get('/mark', async ({ query }) => {
    if (query.ms !== undefined) await sleep(Number(query.ms))
    say({ ran: query.id })
    return query.id
  })
  app.get('/stop', (request) => stopBy(app.lifecycle, request, 'silent' in request.query))
  app.get('/big', async ({ query }) => Buffer.alloc(Number(query.mb) * 2 ** 20, 'x'))
  app.post('/upload', async ({ raw }) => {
    say({ uploading: true })
    let bytes = 0
    for await (const chunk of raw) bytes += chunk.length
    return String(bytes)
  })
  app.post('/reject', async (_request, reply) => reply.code(401).send('no'))
  app.get('/no-content', async (_request, reply) => reply.code(204).send())
  app.get('/not-modified', async (_request, reply) => reply.code(304).send())
}

function addStreamRoutes(app) {
  app.get('/stream', async ({ query }) => lines(Number(query.chunks), Number(query.every)))
  const sse = async ({ query }, reply) => {
    const wanted = eventsWanted(new URLSearchParams(query))
    await sleep(wanted.after)
    const events = eventStream(wanted, wanted.untilSignal ? app.lifecycle.signal : undefined)
    reply.headers({ ...wanted.headers, Connection: 'keep-alive' })
    return reply.send(wanted.compressed ? events.pipe(createGzip()) : events)
  }
  app.route({ method: ['GET', 'POST'], url: '/sse', handler: sse })
}

function addCarelessRoutes(app) {
  app.get('/hang', () => {
    say({ hanging: true })
    return new Promise(() => {})
  })
  app.get('/last-words', () => {
    say({ waiting: true })
    return new Promise((resolve) => {
      app.lifecycle.cutoff.addEventListener('abort', () => resolve('last words'))
    })
  })
  app.get('/keep-alive', async ({ query }, reply) => {
    await sleep(Number(query.ms))
    if (query.how === 'setHeader') return reply.header('Connection', 'keep-alive').send('alive')
    reply.hijack()
    const ways = {
      writeHead: () => reply.raw.writeHead(200, { Connection: 'keep-alive', 'Content-Length': 5 }),
      reason: () => reply.raw.writeHead(200, 'fine', { connection: 'Keep-Alive', 'content-length': 5 }),
      array: () => reply.raw.writeHead(200, ['Connection', 'keep-alive', 'Content-Length', '5']),
      removed: () => reply.raw.removeHeader('connection'),
      flushed: () => reply.raw.setHeader('Connection', 'keep-alive').flushHeaders(),
    }
    ways[query.how]()
    reply.raw.end('alive')
  })
  app.get('/destroy', (_request, reply) => {
    reply.hijack()
    reply.raw.destroy()
  })
  app.get('/throw', async ({ query }) => {
    setTimeout(
      () => {
        throw new Error(`thrown on purpose ${query.id ?? ''}`)
      },
      Number(query.ms ?? 0),
    )
    return 'soon'
  })
  app.get('/block', async ({ query }) => {
    say({ blocking: true })
    blockEventLoop(Number(query.ms))
    return 'blocked'
  })
}
