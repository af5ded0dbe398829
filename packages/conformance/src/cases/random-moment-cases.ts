import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { quick } from '../drain-options.js'
import { startServer } from '../forked-server.js'
import type { RawClient } from '../raw-client.js'
import { requestBytes } from '../request-bytes.js'
import type { BehaviourCase } from '../server-under-test.js'

const options = { ...quick, shutdownDelay: 1500, linger: 5000, gracePeriod: 60_000 }

const upload = (path: string) =>
  requestBytes('POST', path, {
    headers: { 'Content-Type': 'application/octet-stream' },
    body: Buffer.alloc(50_000, 'u'),
  })

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
  })().then(
    () => undefined,
    (error: unknown) => error,
  )
  while (life.texts.length < life.asked && !life.isTold) {
    const answer = await client.response()
    life.texts.push(answer.text)
    life.isTold = answer.headers['connection'] === 'close'
  }
  const failure = await sending
  // Behind a head that says close, nobody reads for ever.
  if (failure !== undefined && !life.isTold) throw failure
  life.wasOver = !isSignalled()
  return life
}

export const randomMomentCases: readonly BehaviourCase[] = [
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
      const bytes = upload('/upload')
      await holding?.send(bytes.subarray(0, 20_000))
      await server.line('uploading')
      let isSignalled = false
      const lives = clients.map((client) => live(client, random, () => isSignalled))
      await sleep(300)
      isSignalled = true
      server.signal()
      const ended = await Promise.all(lives)
      await holding?.send(bytes.subarray(20_000))
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
