import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { quick } from '../drain-options.js'
import { type ForkedServer, startServer } from '../forked-server.js'
import type { RawClient } from '../raw-client.js'
import { requestBytes } from '../request-bytes.js'
import type { BehaviourCase } from '../server-under-test.js'

const options = { ...quick, shutdownDelay: 1500, linger: 1500 }
const octets = { 'Content-Type': 'application/octet-stream' }
/** Longer than a busy machine takes from a request to the signal. */
const long = 3000

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
    const slow = `/slow?ms=${long}`
    const paths = ['/fast', slow, '/fast', slow].slice(1 - answeredBefore)
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

/** Numbers from 0 to 1; the same seed gives the same ones. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

/** What became of a request that was sent in pieces, at any moment. */
interface Life {
  readonly asked: number
  readonly texts: string[]
  readonly expected: readonly string[]
  /** The last answer said that the connection closes. */
  isTold: boolean
  /** All of it was over before the signal was sent. */
  wasOver: boolean
  /** Requests before it that may have been answered behind the signal. */
  early: number
}

const kinds: readonly (readonly [string[], (random: () => number) => Buffer])[] = [
  [['fast'], () => requestBytes('GET', '/fast')],
  [['slow'], (random) => requestBytes('GET', `/slow?ms=${Math.ceil(200 * random())}`)],
  [['50000'], () => upload('/upload')],
  [['no'], () => upload('/reject')],
  [['fast', 'slow'], () => Buffer.concat([requestBytes('GET', '/fast'), requestBytes('GET', '/slow?ms=30')])],
  [['slow', 'fast'], () => Buffer.concat([requestBytes('GET', '/slow?ms=30'), requestBytes('GET', '/fast')])],
]

async function live(client: RawClient, random: () => number, isSignalled: () => boolean): Promise<Life> {
  const [expected, make] = kinds[Math.floor(kinds.length * random())] as (typeof kinds)[number]
  const bytes = make(random)
  const life: Life = { asked: expected.length, texts: [], expected, isTold: false, wasOver: false, early: 0 }
  const cuts = Array.from({ length: 3 }, () => Math.floor(bytes.length * random())).sort((a, b) => a - b)
  const sinceWhen = random()
  if (random() < 0.5) {
    const { headers } = await client.get('/fast')
    if (isSignalled()) life.early = 1
    life.isTold = headers['connection'] === 'close'
    if (life.isTold) return life
  }
  await sleep(500 * sinceWhen)
  const sending = (async () => {
    for (const [i, cut] of [...cuts, bytes.length].entries()) {
      await client.send(bytes.subarray(cuts[i - 1] ?? 0, cut))
      await sleep(60 * random())
    }
  })()
  while (life.texts.length < life.asked && !life.isTold) {
    const answer = await client.response()
    life.texts.push(answer.text)
    life.isTold = answer.headers['connection'] === 'close'
  }
  await sending
  life.wasOver = !isSignalled()
  return life
}

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
      // Those whose last head was not written yet are told; Node itself may have hung up on an idle one.
      const { 'by-client': late = 0, idle = 0, ...others } = report.connections
      expect({ ...others, idle: idle + late }).toEqual({ 'told-to-leave': 6, idle: 4, silent: 1 })
    },
  },
  {
    name: 'SIGTERM at 200 random moments: nothing is lost, counted wrong or waited for in vain',
    async run(subject) {
      const seed = 1 + Math.floor(Math.random() * 1e9)
      const random = createRandom(seed)
      await using server = await startServer(subject, {
        options: { ...options, linger: 5000, gracePeriod: 60_000 },
      })
      const [holding, ...clients] = await Promise.all(Array.from({ length: 201 }, () => server.connect()))
      // While this is under way, who is still to ask is not hung up on, however slow the machine is.
      const rest = await upTo(holding as RawClient, upload('/upload'), 20_000)
      await server.line('uploading')
      let isSignalled = false
      const lives = clients.map((client) => live(client, random, () => isSignalled))
      await sleep(300)
      isSignalled = true
      server.signal()
      const ended = await Promise.all(lives)
      await holding?.send(rest)
      expect((await holding?.response())?.text).toBe('50000')
      const where = `seed ${seed}`
      for (const { texts, expected, isTold } of ended) {
        // What had not come when the head before it was written may be sent again: that head says so.
        expect(isTold ? expected.slice(0, texts.length) : expected, where).toEqual(texts)
      }
      const { code, report } = await server.exited()
      expect({ code, report }, where).toMatchObject({
        code: 0,
        report: { clean: true, requests: { cut: 0 }, cut: [] },
      })
      const { finished } = report.requests
      expect(finished - 1, where).toBeGreaterThanOrEqual(ended.filter(({ isTold }) => isTold).length)
      expect(finished - 1, where).toBeLessThanOrEqual(
        ended.reduce((sum, { texts, wasOver, early }) => sum + (wasOver ? 0 : texts.length) + early, 0),
      )
    },
  },
]
