import { setTimeout as sleep } from 'node:timers/promises'
import { RawClient } from '../raw-client.js'

/** What has become of the requests so far. */
export interface Tally {
  sent: number
  /** One sentence for each answer that was not the right one. */
  readonly lost: string[]
}

/** Requests that keep coming. */
export interface SteadyLoad {
  readonly tally: Tally
  /** Resolves when every client has had its last answer. */
  stop(): Promise<void>
}

interface Question {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: Buffer
  /** What a right answer says, to this request and to hardly any other. */
  readonly answer: string
}

/** Most clients come back at once, some let their connection idle for a while. In milliseconds, at most. */
const thinkTimes = [10, 10, 10, 20, 20, 20, 100, 1500]

/**
 * Clients that keep their connection, send one request at a time, GETs and POSTs by turns, and send nothing twice: what is
 * not the whole, right answer is lost. They connect anew where they were told that the connection closes.
 */
export function startLoad(port: number, clients: number): SteadyLoad {
  const tally: Tally = { sent: 0, lost: [] }
  let stopped = false

  const lose = (what: string) => {
    tally.lost.push(`${new Date().toISOString().slice(11, 23)} ${what}`)
  }

  /** Returns whether the connection may be used again. */
  async function ask(client: RawClient): Promise<boolean> {
    const { method, path, body, answer } = question(tally.sent++)
    try {
      const { status, text, headers } = await client.ask(method, path, body && { body })
      if (status !== 200 || text !== answer)
        lose(`${method} ${path}: ${status} ${JSON.stringify(text.slice(0, 80))}`)
      return headers['connection'] !== 'close'
    } catch (error) {
      lose(`${method} ${path}: ${(error as Error).message}`)
      return false
    }
  }

  async function askOnOneConnection(think: number): Promise<void> {
    const client = await RawClient.connect({ port })
    while (!stopped && client.ending === undefined) {
      if (!(await ask(client))) break
      await sleep(Math.random() * think)
    }
    client.destroy()
  }

  async function run(think: number): Promise<void> {
    while (!stopped) {
      await askOnOneConnection(think).catch((error: Error) => lose(`connecting: ${error.message}`))
    }
  }

  const running = Array.from({ length: clients }, (_, i) => run(thinkTimes[i % thinkTimes.length] ?? 0))
  return {
    tally,
    async stop() {
      stopped = true
      await Promise.all(running)
    },
  }
}

function question(number: number): Question {
  if (number % 2 === 1) {
    const body = Buffer.alloc(1 + (number % 4096), 'b')
    return { method: 'POST', path: '/upload', body, answer: String(body.length) }
  }
  if (number % 8 === 0) return { method: 'GET', path: '/slow?ms=30', answer: 'slow' }
  return { method: 'GET', path: `/mark?id=${number}`, answer: String(number) }
}
