import type { ServerResponse } from 'node:http'
import type { Clock } from '../clock.js'
import type { Exchange } from './exchanges.js'
import { silence } from './leave.js'

/** Streams end spread over at most this long, so that their clients do not all come back to another replica at once. */
const longestSpread = 1000

/**
 * A header of a head that has been sent. `getHeader` does not know what was given to `writeHead` alone, and Node keeps
 * that nowhere public; its text is in `_header`, on every version from 20 to 26.
 */
function sentHeader(res: ServerResponse, name: string): string {
  const known = res.getHeader(name)
  if (known !== undefined) return String(known)
  const { _header: head } = res as unknown as { _header?: string | null }
  return new RegExp(`^${name}:(.*)$`, 'im').exec(head ?? '')?.[1]?.trim() ?? ''
}

/** Whether a content type is that of server-sent events. */
export const isEventStreamType = (contentType: string): boolean =>
  /^text\/event-stream\s*(;|$)/i.test(contentType)

/**
 * Whether a response is a stream of server-sent events that may be ended between two writes. A compressed one may not:
 * its compressor holds bytes back.
 */
export function isEventStream(res: ServerResponse): boolean {
  return (
    res.headersSent &&
    !res.writableEnded &&
    isEventStreamType(sentHeader(res, 'content-type')) &&
    sentHeader(res, 'content-encoding') === ''
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
  endSpread(clock, exchanges.map(({ res }) => res).filter(isEventStream), patience, endInOrder)
}
