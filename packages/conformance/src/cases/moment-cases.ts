import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { quick } from '../drain-options.js'
import { type ForkedServer, startServer } from '../forked-server.js'
import type { RawClient } from '../raw-client.js'
import { requestBytes } from '../request-bytes.js'
import type { BehaviourCase } from '../server-under-test.js'

const options = { ...quick, shutdownDelay: 4000, linger: 4000 }
const octets = { 'Content-Type': 'application/octet-stream' }
/** Longer than a busy machine takes from a request to the signal. */
const long = 15_000

/** A request up to one moment of its life; what is returned lives on behind the signal, and gives what was answered. */
type Moment = (client: RawClient, server: ForkedServer) => Promise<() => Promise<string[]>>

const text = async (client: RawClient) => (await client.response()).text

async function upTo(client: RawClient, bytes: Buffer, size: number): Promise<Buffer> {
  await client.send(bytes.subarray(0, size))
  return bytes.subarray(size)
}

const upload = (path: string) =>
  requestBytes('POST', path, { headers: octets, body: Buffer.alloc(50_000, 'u') })

const halfHead: Moment = async (client) => {
  const rest = await upTo(client, requestBytes('GET', '/fast'), 12)
  await sleep(50)
  return async () => {
    await client.send(rest)
    return [await text(client)]
  }
}

const pipelined =
  (answeredBefore: number): Moment =>
  async (client) => {
    const paths = ['/fast', `/slow?ms=${long}`, '/fast', '/slow?ms=100'].slice(1 - answeredBefore)
    await client.send(Buffer.concat(paths.map((path) => requestBytes('GET', path))))
    for (let i = 0; i < answeredBefore; i++) await client.response()
    await sleep(50)
    return async () => {
      const texts: string[] = []
      for (const _ of paths.slice(answeredBefore)) texts.push(await text(client))
      return texts
    }
  }

/** Each with what it is answered behind the signal, which is what the drain finishes. */
const moments: readonly (readonly [string, Moment, readonly string[]])[] = [
  ['half a head on a new connection', halfHead, ['fast']],
  [
    'half a head on a used connection',
    async (client, server) => {
      await client.get('/fast')
      return halfHead(client, server)
    },
    ['fast'],
  ],
  [
    'the head read',
    async (client) => {
      await client.send(requestBytes('GET', `/slow?ms=${long}`))
      await sleep(50)
      return async () => [await text(client)]
    },
    ['slow'],
  ],
  [
    'half the body read',
    async (client, server) => {
      const rest = await upTo(client, upload('/upload'), 20_000)
      await server.line('uploading')
      return async () => {
        await client.send(rest)
        return [await text(client)]
      }
    },
    ['50000'],
  ],
  [
    'answered before the body has come',
    async (client) => {
      const rest = await upTo(client, upload('/reject'), 20_000)
      const answer = await text(client)
      return async () => {
        await client.send(rest)
        return [answer]
      }
    },
    ['no'],
  ],
  [
    'answered, and not flushed',
    async (client) => {
      void client.request('GET', '/big?mb=16')
      await client.head()
      client.pause()
      return async () => {
        await sleep(100)
        client.resume()
        return [String((await client.response()).body.length)]
      }
    },
    [String(16 * 2 ** 20)],
  ],
  [
    'flushed, and the body left unread',
    async (client) => {
      await client.send(upload('/reject'))
      await client.response()
      return async () => []
    },
    [],
  ],
  ['at the first of pipelined requests', pipelined(0), ['slow', 'fast', 'slow']],
  ['between two pipelined requests', pipelined(1), ['slow', 'fast', 'slow']],
  [
    'answered',
    async (client) => {
      await client.get('/fast')
      return async () => []
    },
    [],
  ],
]

export const momentCases: readonly BehaviourCase[] = [
  {
    name: 'SIGTERM at every moment of a request: each is answered whole, and each is counted once',
    async run(subject) {
      await using server = await startServer(subject, { options })
      const [silent, ...clients] = await Promise.all(
        Array.from({ length: moments.length + 1 }, () => server.connect()),
      )
      const lives = await Promise.all(moments.map(([, begin], i) => begin(clients[i] as RawClient, server)))
      server.signal()
      await server.draining()
      const answers = await Promise.all(lives.map((goOn) => goOn()))
      expect(answers).toEqual(moments.map(([, , expected]) => expected))
      expect(await Promise.all([silent, ...clients].map((client) => client?.closed))).toEqual(
        Array.from({ length: moments.length + 1 }, () => 'fin'),
      )
      const { code, report } = await server.exited()
      expect({ code, report }).toMatchObject({
        code: 0,
        report: { clean: true, requests: { finished: answers.flat().length, cut: 0 }, cut: [] },
      })
      // Those whose last head was not written yet are told. A slow machine may find one of them idle before it has hung up, and
      // Node itself may have hung up on an idle one.
      const { 'told-to-leave': told = 0, 'by-client': late = 0, idle = 0, ...others } = report.connections
      expect({ ...others, told: told > 0 && told <= 6, all: told + late + idle }).toEqual({
        told: true,
        all: 10,
        silent: 1,
      })
    },
  },
]
