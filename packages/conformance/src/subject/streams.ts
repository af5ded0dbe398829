import { Readable } from 'node:stream'
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

/** Server-sent events every 50 ms, each with `padding` bytes, that end only when `until` aborts: with a last event. */
export function eventStream(padding: number, until?: AbortSignal): Readable {
  async function* events() {
    for (let number = 0; until?.aborted !== true; number++) {
      yield `data: ${number} ${'.'.repeat(padding)}\n\n`
      await sleep(50)
    }
    yield 'event: goodbye\ndata: reconnect\n\n'
  }
  return Readable.from(events())
}
