import type { ServerHttp2Stream } from 'node:http2'
import type { Clock } from '../clock.js'
import { endSpread, isEndless, isFromEventSource } from '../http/event-streams.js'
import { silence } from './answers.js'
import { headersOf } from './streams.js'

/** A header of a head that has been sent: Node keeps it as the application wrote it. */
function sentHeader(stream: ServerHttp2Stream, name: string): string {
  const sent = Object.entries(stream.sentHeaders ?? {}).find(([key]) => key.toLowerCase() === name)
  return String(sent?.[1] ?? '')
}

/** Whether a stream is one of server-sent events that may be ended, because its client connects anew. */
export function isEventStream(stream: ServerHttp2Stream): boolean {
  const headers = headersOf(stream)
  return (
    stream.headersSent &&
    !stream.writableEnded &&
    isFromEventSource(headers[':method'], headers) &&
    isEndless((name) => sentHeader(stream, name))
  )
}

/** Ends a stream after what was written so far; what its handler writes later is swallowed. */
export function endInOrder(stream: ServerHttp2Stream): void {
  if (stream.writableEnded || stream.destroyed) return
  stream.end()
  silence(stream)
}

/** Ends every event stream among `streams`, spread over `patience` milliseconds. */
export function endEventStreams(clock: Clock, streams: readonly ServerHttp2Stream[], patience: number): void {
  endSpread(clock, streams.filter(isEventStream), patience, endInOrder)
}
