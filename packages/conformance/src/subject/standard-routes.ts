import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { createGzip } from 'node:zlib'
import { contextOf, type ObservedLifecycle, say } from './observe.js'
import { type StoppableLifecycle, stopBy } from './stop-route.js'
import { eventsWanted, lines, writeEvents } from './streams.js'

export interface StandardRoutesOptions<Request extends object = IncomingMessage>
  extends Pick<ObservedLifecycle, 'signal' | 'cutoff'>,
    StoppableLifecycle<Request> {}

type Route = (request: IncomingMessage, response: ServerResponse, query: URLSearchParams) => void

/** The routes that every subject offers, for a server that takes `(req, res)`. The Fastify subject has its own. */
export function standardRoutes(lifecycle: StandardRoutesOptions): RequestListener {
  const { signal, cutoff } = lifecycle
  const routes: Readonly<Record<string, Route>> = {
    '/fast': (_, response) => response.end('fast'),
    '/context': (_, response) => response.end(contextOf()),
    '/slow': (_, response, query) => setTimeout(() => response.end('slow'), Number(query.get('ms'))),
    '/hang': () => say({ hanging: true }),
    '/last-words': (_, response) => {
      say({ waiting: true })
      cutoff.addEventListener('abort', () => response.end('last words'))
    },
    '/mark': (_, response, query) => {
      const mark = () => {
        say({ ran: query.get('id') })
        response.end(query.get('id'))
      }
      if (query.has('ms')) setTimeout(mark, Number(query.get('ms')))
      else mark()
    },
    '/stop': async (request, response, query) => {
      response.end(await stopBy(lifecycle, request, query.has('silent')))
    },
    '/stream': (_, response, query) => {
      lines(Number(query.get('chunks')), Number(query.get('every'))).pipe(response)
    },
    '/big': (_, response, query) => response.end(Buffer.alloc(Number(query.get('mb')) * 2 ** 20, 'x')),
    '/upload': readAll,
    '/reject': (_, response) => {
      response.statusCode = 401
      response.end('no')
    },
    '/sse': (_, response, query) => events(response, query, signal),
    '/keep-alive': keepAliveByHand,
    '/no-content': (_, response) => response.writeHead(204).end(),
    '/not-modified': (_, response) => response.writeHead(304).end(),
    '/destroy': (_, response) => response.destroy(),
    '/throw': (_, response, query) => {
      setTimeout(
        () => {
          throw new Error(`thrown on purpose ${query.get('id') ?? ''}`)
        },
        Number(query.get('ms') ?? 0),
      )
      response.end('soon')
    },
    '/block': (_, response, query) => {
      say({ blocking: true })
      blockEventLoop(Number(query.get('ms')))
      response.end('blocked')
    },
  }

  return (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    const route = routes[pathname]
    if (route !== undefined) route(request, response, searchParams)
    else response.writeHead(404).end(`the application has no ${pathname}`)
  }
}

export function blockEventLoop(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

function readAll(request: IncomingMessage, response: ServerResponse): void {
  let bytes = 0
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
  })
  request.on('end', () => response.end(String(bytes)))
  say({ uploading: true })
}

/** An application that insists on keep-alive, in each way that Node offers. */
function keepAliveByHand(_: IncomingMessage, response: ServerResponse, query: URLSearchParams): void {
  const ways: Readonly<Record<string, () => unknown>> = {
    setHeader: () => response.setHeader('Connection', 'keep-alive'),
    writeHead: () => response.writeHead(200, { Connection: 'keep-alive', 'Content-Length': 5 }),
    reason: () => response.writeHead(200, 'fine', { connection: 'Keep-Alive', 'content-length': 5 }),
    array: () => response.writeHead(200, ['Connection', 'keep-alive', 'Content-Length', '5']),
    removed: () => response.removeHeader('connection'),
    flushed: () => response.setHeader('Connection', 'keep-alive').flushHeaders(),
  }
  setTimeout(
    () => {
      ways[query.get('how') ?? '']?.()
      response.end('alive')
    },
    Number(query.get('ms')),
  )
}

function events(response: ServerResponse, query: URLSearchParams, signal: AbortSignal): void {
  const wanted = eventsWanted(query)
  setTimeout(() => {
    response.writeHead(200, { ...wanted.headers, Connection: 'keep-alive' })
    const sink = wanted.compressed ? createGzip() : response
    if (sink !== response) sink.pipe(response)
    writeEvents(wanted, response, sink, signal)
  }, wanted.after)
}
