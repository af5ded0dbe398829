import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { delayedRelay } from '../delayed-relay.js'
import { quick } from '../drain-options.js'
import { type ForkedServer, startServer } from '../forked-server.js'
import { RawClient, type Target } from '../raw-client.js'
import type { BehaviourCase, ServerUnderTest } from '../server-under-test.js'

interface Tally {
  answered: number
  lost: string[]
}

/** Run one after the other: each of these needs the machine for itself. */
export const loadCases: readonly BehaviourCase[] = [
  {
    name: '100 clients that never stop sending but obey Connection: close lose nothing',
    retry: 1,
    async run(subject) {
      // Who has just connected gets as long to say something: of 100 TLS clients on a busy machine, some need seconds.
      const options = { ...quick, shutdownDelay: 700, linger: 5000 }
      await using server = await startServer(subject, { options })
      const tally: Tally = { answered: 0, lost: [] }
      const target = { port: server.port, protocol: subject.protocol }
      const clients = Array.from({ length: 100 }, () => neverStop(target, tally))
      while (tally.answered < 500 && tally.lost.length === 0) await sleep(10)
      server.signal()
      await Promise.all(clients)
      expect(tally.lost).toEqual([])
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
      expect(exit.ownMs).toBeLessThan(15_000)
    },
  },
  ...[0, 2].map(
    (oneWay): BehaviourCase => ({
      name: `clients idle through the window that fire around the closing of the listener, ${2 * oneWay} ms of round trip away, lose nothing`,
      async run(subject) {
        const options = { ...quick, shutdownDelay: 500, linger: 2000 }
        await using server = await startServer(subject, { options })
        await using relay = await delayedRelay(server.port, oneWay)
        const target = { port: oneWay === 0 ? server.port : relay.port, protocol: subject.protocol }
        const clients = await Promise.all(Array.from({ length: 100 }, () => connected(server, target)))
        await Promise.all(clients.map((client) => client.get('/fast')))
        server.signal()
        const fired = clients.map(async (client, index) => {
          await sleep(options.shutdownDelay - 50 + index)
          return await client.ask('POST', '/upload', { body: 'hello' }).then(
            ({ status, text }) => `${status} ${text}`,
            (error: Error) => error.message,
          )
        })
        expect(await Promise.all(fired)).toEqual(clients.map(() => '200 5'))
        expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
      },
    }),
  ),
  {
    name: 'after 100 000 mixed requests none is counted as in flight, and one that is in flight is waited for',
    needs: 'load',
    timeout: 120_000,
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      await mixedTraffic(server, subject, 100_000)
      await sleep(300)
      const client = await server.connect()
      const slow = client.get('/slow?ms=1500')
      await sleep(100)
      server.signal()
      expect(await slow).toMatchObject({ status: 200, text: 'slow' })
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 0, report: { clean: true, requests: { finished: 1, cut: 0 } } })
      expect(exit.ownMs).toBeLessThan(quick.gracePeriod / 2)
    },
  },
]

async function connected(server: ForkedServer, target: Target): Promise<RawClient> {
  return server.adopt(await RawClient.connect(target))
}

/** Asks without a pause until nobody listens any more. Everything but a whole answer or a refused connection is lost. */
async function neverStop(target: Target, tally: Tally): Promise<void> {
  for (;;) {
    let client: RawClient
    try {
      client = await RawClient.connect(target)
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      if (code !== 'ECONNREFUSED') tally.lost.push(`connecting: ${message}`)
      return
    }
    await askUntilClose(client, tally)
    client.destroy()
  }
}

async function askUntilClose(client: RawClient, tally: Tally): Promise<void> {
  for (let number = 0; ; number++) {
    const asked = number % 4 === 3 ? client.ask('POST', '/upload', { body: 'hello' }) : client.get('/fast')
    try {
      const { status, text, headers } = await asked
      if (status === 200 && ['fast', '5'].includes(text)) tally.answered++
      else tally.lost.push(`${status} ${text}`)
      if (headers['connection'] === 'close') return
    } catch (error) {
      tally.lost.push((error as Error).message)
      return
    }
  }
}

const byHandler = (client: RawClient) => client.closed

/** How a connection with requests in flight can end, beside in order. */
const endings: readonly ((client: RawClient) => unknown)[] = [
  (client) => client.reset(),
  (client) => client.destroy(),
  (client) => client.halfClose(),
  (client) => {
    void client.request('GET', '/big?mb=4')
    return sleep(5)
  },
  byHandler,
]

/** Every way in which a request can begin and end, about `total` of them in all, over a few connections at a time. */
async function mixedTraffic(server: ForkedServer, subject: ServerUnderTest, total: number): Promise<void> {
  const target = { port: server.port, protocol: subject.protocol }
  let left = total / 100
  const worker = async () => {
    while (left-- > 0) await mixedConnection(target, endings[left % 10])
  }
  await Promise.all(Array.from({ length: 4 }, worker))
}

/** A hundred pipelined requests; the last ten are in flight when the connection meets its `ending`. */
async function mixedConnection(target: Target, ending: (typeof endings)[number] | undefined): Promise<void> {
  const client = await RawClient.connect(target)
  const kinds = ['/fast', '/fast', '/no-content', '/readyz', '/not-modified', '/stream?chunks=2&every=0']
  for (let number = 0; number < 90; number++) {
    const path = kinds[number % 9]
    if (path !== undefined) void client.request('GET', path)
    else if (number % 2 === 0) void client.request('POST', '/upload', { body: 'hello' })
    else void client.request('HEAD', '/fast')
  }
  for (let number = 0; number < 90; number++) await client.response()
  if (ending === byHandler) void client.request('GET', '/destroy')
  for (let number = 0; number < 10; number++) void client.request('GET', ending ? '/slow?ms=40' : '/fast')
  if (ending === undefined) for (let number = 0; number < 10; number++) await client.response()
  else await ending(client)
  client.destroy()
}
