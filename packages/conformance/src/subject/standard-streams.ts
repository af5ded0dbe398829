import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import { createGzip } from 'node:zlib'
import { say } from './observe.js'
import { blockEventLoop, type StandardRoutesOptions } from './standard-routes.js'
import { stopBy } from './stop-route.js'
import { eventsWanted, lines, writeEvents } from './streams.js'

type Route = (stream: ServerHttp2Stream, query: URLSearchParams) => void

const reply = (stream: ServerHttp2Stream, body: string | Buffer, status = 200) => {
  if (stream.destroyed) return
  stream.respond({ ':status': status })
  stream.end(body)
}

/** The standard routes as a server writes them that takes HTTP/2 streams themselves. */
export function standardStreams(
  lifecycle: StandardRoutesOptions<ServerHttp2Stream>,
): (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void {
  const { signal, cutoff } = lifecycle
  const routes: Readonly<Record<string, Route>> = {
    '/fast': (stream) => reply(stream, 'fast'),
    '/slow': (stream, query) => setTimeout(() => reply(stream, 'slow'), Number(query.get('ms'))),
    '/hang': () => {
      say({ hanging: true })
    },
    '/last-words': (stream) => {
      say({ waiting: true })
      cutoff.addEventListener('abort', () => reply(stream, 'last words'))
    },
    '/mark': (stream, query) => {
      const mark = () => {
        say({ ran: query.get('id') })
        reply(stream, query.get('id') ?? '')
      }
      if (query.has('ms')) setTimeout(mark, Number(query.get('ms')))
      else mark()
    },
    '/stop': async (stream, query) => reply(stream, await stopBy(lifecycle, stream, query.has('silent'))),
    '/stream': (stream, query) => {
      stream.respond()
      lines(Number(query.get('chunks')), Number(query.get('every'))).pipe(stream)
    },
    '/big': (stream, query) => reply(stream, Buffer.alloc(Number(query.get('mb')) * 2 ** 20, 'x')),
    '/upload': readAll,
    '/reject': (stream) => reply(stream, 'no', 401),
    '/sse': (stream, query) => events(stream, query, signal),
    '/no-content': (stream) => stream.respond({ ':status': 204 }, { endStream: true }),
    '/destroy': (stream) => stream.destroy(),
    '/push': (stream, query) => push(stream, Number(query.get('ms'))),
    '/tunnel': (stream, query) => {
      stream.respond()
      stream.pipe(stream)
      if (query.get('until') === 'signal') signal.addEventListener('abort', () => stream.end('goodbye'))
    },
    '/block': (stream, query) => {
      say({ blocking: true })
      blockEventLoop(Number(query.get('ms')))
      reply(stream, 'blocked')
    },
  }

  return (stream, headers) => {
    stream.on('error', () => {})
    const { pathname, searchParams } = new URL(headers[':path'] ?? '/', 'http://localhost')
    const route = routes[pathname]
    if (route !== undefined) route(stream, searchParams)
    else reply(stream, `the application has no ${pathname}`, 404)
  }
}

function readAll(stream: ServerHttp2Stream): void {
  let bytes = 0
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length
  })
  stream.on('end', () => reply(stream, String(bytes)))
  say({ uploading: true })
}

/** Answers at once, and pushes a stream that takes longer. */
function push(stream: ServerHttp2Stream, ms: number): void {
  stream.pushStream({ ':path': '/pushed' }, (error, pushed) => {
    if (error) throw error
    pushed.on('error', () => {})
    pushed.respond()
    pushed.write('first half, ')
    setTimeout(() => pushed.end('second half'), ms)
    reply(stream, 'pushing')
  })
}

function events(stream: ServerHttp2Stream, query: URLSearchParams, signal: AbortSignal): void {
  const wanted = eventsWanted(query)
  setTimeout(() => {
    if (stream.destroyed) return
    stream.respond({ ...wanted.headers })
    const sink = wanted.compressed ? createGzip() : stream
    if (sink !== stream) sink.pipe(stream)
    writeEvents(wanted, stream, sink, signal)
  }, wanted.after)
}
