import { Readable, type Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

/** `chunks` numbered lines, one every `every` milliseconds. */
export function lines(chunks: number, every: number): Readable {
  async function* numbered() {
    for (let number = 0; number < chunks; number++) {
      if (number > 0) await sleep(every)
      yield `chunk ${number}\n`
    }
  }
  return Readable.from(numbered())
}

/** What the query of `/sse` asks for. */
export interface EventsWanted {
  /** Milliseconds before the head is sent. */
  readonly after: number
  /** How many events there are, one every 50 ms. */
  readonly count: number
  readonly headers: Readonly<Record<string, string | number>>
  readonly compressed: boolean
  /** The stream ends with a last event when the lifecycle's signal aborts. */
  readonly untilSignal: boolean
  event(number: number): string
}

/** The last event of a stream that ends when the lifecycle's signal aborts. */
export const goodbye = 'event: goodbye\ndata: reconnect\n\n'

/** Reads the query of `/sse`. */
export function eventsWanted(query: URLSearchParams): EventsWanted {
  const padding = '.'.repeat(Number(query.get('padding') ?? 0))
  const count = Number(query.get('events') ?? Number.POSITIVE_INFINITY)
  const compressed = query.get('encoding') === 'gzip'
  const event = (number: number) => `data: ${number} ${padding}\n\n`
  const length = () => Array.from({ length: count }, (_, number) => event(number)).join('').length
  return {
    after: Number(query.get('after') ?? 0),
    count,
    compressed,
    untilSignal: query.get('until') === 'signal',
    event,
    headers: {
      'Content-Type': 'text/event-stream',
      ...(compressed ? { 'Content-Encoding': 'gzip' } : {}),
      ...(query.has('length') ? { 'Content-Length': length() } : {}),
    },
  }
}

/** The events themselves; `until` ends them with a last one. */
export function eventStream({ count, event }: EventsWanted, until?: AbortSignal): Readable {
  async function* events() {
    for (let number = 0; number < count && until?.aborted !== true; number++) {
      yield event(number)
      await sleep(50)
    }
    if (until?.aborted) yield goodbye
  }
  return Readable.from(events())
}

/** Writes the events as a careless handler does: it goes on for a while after `response` has ended. */
export function writeEvents(
  { count, event, untilSignal }: EventsWanted,
  response: Writable,
  sink: Writable,
  signal: AbortSignal,
): void {
  let number = 0
  const timer = setInterval(() => {
    sink.write(event(number++))
    if (number < count) return
    clearInterval(timer)
    sink.end()
  }, 50)
  response.once('close', () => setTimeout(() => clearInterval(timer), 200))
  if (!untilSignal) return
  signal.addEventListener('abort', () => {
    clearInterval(timer)
    sink.end(goodbye)
  })
}
