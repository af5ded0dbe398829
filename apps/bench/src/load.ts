// The clients, in a process of their own: what they cost is not the server's.
import { get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { answerQuestions } from './answering.js'
import { Connection } from './connection.js'
import { closeUnderFire } from './fire.js'
import { Http2Connection } from './http2-connection.js'
import type { Closed, Fire, Streamed, Trickled } from './load-answers.js'

/** What both kinds can. */
type AnyConnection = Pick<Connection, 'ask' | 'destroy' | 'forget' | 'isBusy' | 'socket'>

const open = new Map<number, AnyConnection[]>()
const at = (port: number) => open.get(port) ?? []
/** Fewer than fit into the kernel's accept queue. */
const atOnce = 100

interface Connect {
  readonly port: number
  readonly count: number
  /** Whether every connection asks something once. */
  readonly speak: boolean
  /** The kind of server: only `http2` and `https` make a difference. */
  readonly protocol?: string
}

async function connect({ port, count, speak, protocol }: Connect): Promise<void> {
  const connections = at(port)
  const openOne = (): Promise<AnyConnection> =>
    protocol === 'http2' ? Http2Connection.open(port) : Connection.open(port, protocol)
  open.set(port, connections)
  for (let left = count; left > 0; left -= atOnce) {
    const some = await Promise.all(Array.from({ length: Math.min(left, atOnce) }, openOne))
    if (speak) await Promise.all(some.map((each) => new Promise<void>((resolve) => each.ask(resolve))))
    connections.push(...some)
  }
}

/** Asks `requests` times: every connection asks again as soon as it is answered. */
function ask({ port, requests }: { port: number; requests: number }): Promise<void> {
  const connections = at(port)
  let unasked = requests
  let unanswered = requests
  return new Promise((resolve) => {
    const next = (connection: AnyConnection) => {
      if (unasked-- > 0) connection.ask(() => answered(connection))
    }
    const answered = (connection: AnyConnection) => {
      if (--unanswered === 0) resolve()
      else next(connection)
    }
    connections.forEach(next)
  })
}

/** Asks something on one idle connection after the other until the server has closed them all. */
async function trickle({ port, every }: { port: number; every: number }): Promise<Trickled> {
  const trickled = { answered: 0, unanswered: 0, longest: 0 }
  const isUsable = ({ socket, isBusy }: AnyConnection) => socket.readyState === 'open' && !isBusy
  for (const connection of at(port)) {
    if (!isUsable(connection)) continue
    const askedAt = performance.now()
    connection.forget()
    trickled.unanswered++
    connection.ask(() => {
      trickled.answered++
      trickled.unanswered--
      trickled.longest = Math.max(trickled.longest, performance.now() - askedAt)
    })
    await sleep(every)
  }
  return trickled
}

/** Reads a stream to its end. */
function readStream(port: number): Promise<Streamed> {
  return new Promise((resolve, reject) => {
    const request = get({ port, host: '127.0.0.1', path: '/stream' }, (response) => {
      let last = performance.now()
      let longestGap = 0
      response.on('data', () => {
        const now = performance.now()
        longestGap = Math.max(longestGap, now - last)
        last = now
      })
      response.once('end', () => resolve({ longestGap }))
      response.once('error', reject)
    })
    request.once('error', reject)
  })
}

async function stream({ port, count }: { port: number; count: number }): Promise<Streamed> {
  const streamed = await Promise.all(Array.from({ length: count }, () => readStream(port)))
  return { longestGap: Math.max(...streamed.map(({ longestGap }) => longestGap)) }
}

answerQuestions({
  connect,
  ask,
  trickle,
  stream,
  closeUnderFire: (fire: Fire): Promise<Closed> => closeUnderFire(at(fire.port) as Connection[], fire),
  close: ({ port }: { port: number }) => {
    for (const connection of at(port)) connection.destroy()
    open.delete(port)
  },
})
