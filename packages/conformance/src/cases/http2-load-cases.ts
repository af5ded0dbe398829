import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { delayedRelay } from '../delayed-relay.js'
import { quick } from '../drain-options.js'
import { startServer } from '../forked-server.js'
import { Http2Client, StreamFailure } from '../http2-client.js'
import type { Target } from '../raw-client.js'
import type { BehaviourCase } from '../server-under-test.js'

interface Tally {
  answered: number
  /** Streams that the server had not processed by its own word: their caller sends them again. */
  refused: number
  lost: string[]
}

/** Run one after the other: each of these needs the machine for itself. */
export const http2LoadCases: readonly BehaviourCase[] = [
  {
    name: 'E4: 40 sessions with streams without a pause, 4 ms of round trip away, lose nothing but what GOAWAY makes safe to repeat',
    async run(subject) {
      const options = { ...quick, shutdownDelay: 700, linger: 1000 }
      await using server = await startServer(subject, { options })
      await using relay = await delayedRelay(server.port, 2)
      const target = { port: relay.port, protocol: subject.protocol }
      const tally: Tally = { answered: 0, refused: 0, lost: [] }
      const sessions = await Promise.all(Array.from({ length: 40 }, () => Http2Client.connect(target)))
      const callers = sessions.flatMap((session) =>
        Array.from({ length: 5 }, (_, number) => askUntilToldToGo(session, number, tally)),
      )
      while (tally.answered < 500 && tally.lost.length === 0) await sleep(10)
      server.signal()
      await Promise.all(callers)
      for (const session of sessions) await session.closed
      expect(tally.lost).toEqual([])
      expect(tally.refused).toBeLessThanOrEqual(callers.length)
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 0, report: { clean: true, cut: [], connections: { session: 40 } } })
      expect(exit.ownMs).toBeLessThan(10_000)
    },
  },
  {
    name: 'after 20 000 mixed streams none is counted as in flight, and one that is in flight is waited for',
    needs: 'load',
    timeout: 120_000,
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      let left = 200
      const worker = async () => {
        while (left-- > 0) {
          await mixedSession(
            { port: server.port, protocol: subject.protocol },
            endings[left % endings.length],
          )
        }
      }
      await Promise.all(Array.from({ length: 4 }, worker))
      await sleep(300)
      const session = await server.session()
      const slow = session.get('/slow?ms=1500')
      await sleep(100)
      server.signal()
      expect(await slow).toMatchObject({ status: 200, text: 'slow' })
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 0, report: { clean: true, requests: { finished: 1, cut: 0 } } })
      expect(exit.ownMs).toBeLessThan(quick.gracePeriod / 2)
    },
  },
]

/** Asks without a pause until its session is told to go. Only what the server says it has not processed is no loss. */
async function askUntilToldToGo(session: Http2Client, caller: number, tally: Tally): Promise<void> {
  for (let number = 0; session.goaways.length === 0; number++) {
    const isUpload = (number + caller) % 4 === 3
    const asked = isUpload ? session.ask('POST', '/upload', { body: 'hello' }) : session.get('/fast')
    try {
      const { status, text } = await asked
      if (status === 200 && text === (isUpload ? '5' : 'fast')) tally.answered++
      else tally.lost.push(`${status} ${text}`)
    } catch (error) {
      if (error instanceof StreamFailure && error.isSafeToRepeat) tally.refused++
      else tally.lost.push((error as Error).message)
    }
  }
}

/** How a session with streams in flight can end, beside in order. */
const endings: readonly ((session: Http2Client) => void)[] = [
  (session) => session.reset(),
  (session) => session.destroy(),
  (session) => session.session.close(),
]

/**
 * What a handler answers without reading it. Ten of them fit into the 64 KB that a session's window has: beyond it, all
 * uploads of a session wait for those that nobody reads, on Node 22 and 24 for ever, with or without lameduck.
 */
const unread = Buffer.alloc(6000)

/** A hundred streams that begin and end in every way; the last ten are in flight when the session meets its `ending`. */
async function mixedSession(target: Target, ending: (typeof endings)[number] | undefined): Promise<void> {
  const session = await Http2Client.connect(target)
  const ways: readonly (() => Promise<unknown>)[] = [
    () => session.get('/fast'),
    () => session.ask('HEAD', '/fast'),
    () => session.get('/readyz'),
    () => session.ask('POST', '/upload', { body: 'hello' }),
    () => session.ask('POST', '/reject', { body: unread }),
    () => session.get('/no-content'),
    () => session.get('/stream?chunks=2&every=0'),
    () => session.get('/destroy'),
    async () => {
      const { stream } = session.open('GET', '/slow?ms=40')
      await sleep(1)
      stream.close(8)
    },
  ]
  await Promise.all(Array.from({ length: 90 }, (_, number) => ways[number % ways.length]?.().catch(() => {})))
  for (let number = 0; number < 10; number++) session.open('GET', number < 5 ? '/slow?ms=40' : '/big?mb=1')
  await sleep(5)
  ending?.(session)
  await session.closed.catch(() => {})
  session.destroy()
}
