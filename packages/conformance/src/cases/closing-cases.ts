import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { quick } from '../drain-options.js'
import { type ForkedServer, startServer } from '../forked-server.js'
import type { RawClient } from '../raw-client.js'
import type { BehaviourCase, ServerUnderTest } from '../server-under-test.js'

/** From SIGUSR2 on, each turn of the event loop takes 20 ms. */
const slowTurns =
  'data:text/javascript,process.once("SIGUSR2",function turn(){Atomics.wait(new Int32Array(new SharedArrayBuffer(4)),0,0,20);setImmediate(turn)})'

const noAnswer = 'without a response'

/** What each of these requests has come to: `answered`, or the error's text. */
async function fates(asked: readonly Promise<{ status: number; text: string }>[]): Promise<string[]> {
  return await Promise.all(
    asked.map((each) =>
      each.then(
        ({ status, text }) => (status === 200 && text === 'fast' ? 'answered' : `${status} ${text}`),
        ({ message }: Error) => (message.includes(noAnswer) ? noAnswer : message),
      ),
    ),
  )
}

/** Prints the share that was lost, and says how many. What is not lost is answered whole, and nothing is reset. */
function lostOf(subject: ServerUnderTest, what: string, all: readonly string[]): number {
  const lost = all.filter((fate) => fate !== 'answered')
  const share = ((100 * lost.length) / Math.max(1, all.length)).toFixed(1)
  console.info(`${subject.name}: ${what}: ${lost.length} of ${all.length} requests lost, ${share} %`)
  expect(lost.filter((fate) => fate !== noAnswer)).toEqual([])
  return lost.length
}

/** Connections that have been served once, a few connecting at a time. */
async function idleClients(server: ForkedServer, count: number): Promise<RawClient[]> {
  const clients: RawClient[] = []
  while (clients.length < count) {
    const some = await Promise.all(Array.from({ length: 20 }, () => server.connect()))
    await Promise.all(some.map((client) => client.get('/fast')))
    clients.push(...some)
  }
  return clients
}

const withoutLinger = { ...quick, linger: 0 } as const

/** How idle connections and busy ones fare in the moment of the close. Each needs the machine for itself. */
export const closingCases: readonly BehaviourCase[] = [
  {
    name: 'idle connections close one by one while the event loop is busy: what arrives when the first has closed is answered',
    // A client that is kept from its processor for 300 ms asks too late.
    retry: 1,
    async run(subject) {
      await using server = await startServer(subject, {
        options: withoutLinger,
        nodeArguments: ['--import', slowTurns],
      })
      const clients = await idleClients(server, 100)
      server.child.kill('SIGUSR2')
      server.signal()
      await Promise.race(clients.map((client) => client.closed))
      const asked = clients.filter(({ ending }) => ending === undefined).map((client) => client.get('/fast'))
      const fired = await fates(asked)
      const closed = clients.length - fired.length
      const lost = lostOf(subject, 'asked when the first idle connection had closed', fired)
      expect(closed + lost).toBeLessThan(50)
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
    },
  },
  {
    name: 'requests on idle connections around the moment in which these close are answered, or find FIN, and nothing is reset',
    async run(subject) {
      await using server = await startServer(subject, { options: withoutLinger })
      const clients = await idleClients(server, 300)
      server.signal()
      const asked: Promise<{ status: number; text: string }>[] = []
      const fire = async (client: RawClient) => {
        await sleep(withoutLinger.shutdownDelay - 20 + 100 * Math.random())
        // What has come while the timers were late is read first.
        await nextTurn()
        if (client.ending === undefined) asked.push(client.get('/fast'))
      }
      await Promise.all(clients.map(fire))
      lostOf(subject, 'asked when idle connections were about to close', await fates(asked))
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
    },
  },
  {
    name: '50 clients that ask every 10 to 50 ms and obey Connection: close lose nothing when the window ends',
    async run(subject) {
      // Who has just connected gets as long to say something.
      await using server = await startServer(subject, { options: { ...quick, linger: 5000 } })
      const asked: Promise<{ status: number; text: string }>[] = []
      const clients = Array.from({ length: 50 }, () => askNowAndThen(server, asked))
      while (asked.length < 250) await sleep(10)
      server.signal()
      await Promise.all(clients)
      expect(lostOf(subject, 'asked by busy clients that obey Connection: close', await fates(asked))).toBe(0)
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
    },
  },
]

/** Asks every 10 to 50 ms, on a connection of its own until that is to close, until nobody listens any more. */
async function askNowAndThen(
  server: ForkedServer,
  asked: Promise<{ status: number; text: string }>[],
): Promise<void> {
  for (;;) {
    let client: RawClient
    try {
      client = await server.connect()
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('ECONNREFUSED')
      return
    }
    for (let isToClose = false; !isToClose; ) {
      const answer = client.get('/fast')
      asked.push(answer)
      isToClose = await answer.then(
        ({ headers }) => headers['connection'] === 'close',
        () => true,
      )
      await sleep(10 + 40 * Math.random())
    }
    client.destroy()
  }
}
