import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { Clock } from '../clock.js'
import type { Exchange } from './exchanges.js'
import { silence } from './leave.js'
import { headTextOf } from './node-fields.js'

/** Streams end spread over at most this long, so that their clients do not all come back to another replica at once. */
const longestSpread = 1000

/** A header of a head that has been sent. `getHeader` does not know what was given to `writeHead` alone. */
function sentHeader(res: ServerResponse, name: string): string {
  const known = res.getHeader(name)
  if (known !== undefined) return String(known)
  return new RegExp(`^${name}:(.*)$`, 'im').exec(headTextOf(res))?.[1]?.trim() ?? ''
}

/** Whether a content type is that of server-sent events. */
const isEventStreamType = (contentType: string): boolean => /^text\/event-stream\s*(;|$)/i.test(contentType)

/**
 * Whether a request is one that an `EventSource` makes: it connects anew when its stream ends. A `fetch` does not, and a
 * library that asks for other types, too, may get an answer that has an end.
 */
export const isFromEventSource = (
  method: string | undefined,
  headers: IncomingHttpHeaders | undefined,
): boolean => method === 'GET' && headers?.accept === 'text/event-stream'

/**
 * Whether a response is a stream of server-sent events that may be ended between two writes. One that says how long it is
 * may not: its client would wait for the rest. A compressed one may not either: its compressor holds bytes back.
 */
export const isEndless = (sent: (name: string) => string): boolean =>
  isEventStreamType(sent('content-type')) && sent('content-encoding') === '' && sent('content-length') === ''

/** Whether an exchange is a stream of server-sent events that may be ended, because its client connects anew. */
export function isEventStream({ req, res }: Pick<Exchange, 'req' | 'res'>): boolean {
  return (
    res.headersSent &&
    !res.writableEnded &&
    isFromEventSource(req.method, req.headers) &&
    isEndless((name) => sentHeader(res, name))
  )
}

/** Ends a response after what was written so far; what its handler writes later is swallowed. */
export function endInOrder(res: ServerResponse): void {
  if (res.writableEnded || res.destroyed) return
  res.end()
  silence(res)
}

/** Ends each of `streams` by `end`, spread over `patience` milliseconds, or a second if that is less. */
export function endSpread<T>(
  clock: Clock,
  streams: readonly T[],
  patience: number,
  end: (stream: T) => void,
): void {
  const spread = Math.min(patience, longestSpread)
  for (const [i, stream] of streams.entries()) {
    const delay = (spread * (i + Math.random())) / streams.length
    if (spread === 0) end(stream)
    else clock.after(delay, () => end(stream))
  }
}

/** Ends every event stream among `exchanges`, spread over `patience` milliseconds. */
export function endEventStreams(clock: Clock, exchanges: readonly Exchange[], patience: number): void {
  endSpread(clock, exchanges.filter(isEventStream), patience, ({ res }) => endInOrder(res))
}
