import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { delayedRelay } from '../delayed-relay.js'
import { quick, roomy } from '../drain-options.js'
import { type ForkedServer, startServer } from '../forked-server.js'
import { Http2Client } from '../http2-client.js'
import { RawClient } from '../raw-client.js'
import type { BehaviourCase } from '../server-under-test.js'

const patient = { ...quick, linger: 2000 } as const
/** The preface of a client and its empty settings (RFC 9113 §3.4). */
const preface = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
])

/** How long after the signal a session was told to go. */
const toldAt = (server: ForkedServer, client: Http2Client) =>
  (client.goaways[0]?.at ?? Number.NaN) - (performance.now() - server.sinceSignal())

export const http2SessionCases: readonly BehaviourCase[] = [
  {
    name: 'E4: every session gets GOAWAY with its last stream when closing begins, not before; its streams finish; the connection ends',
    async run(subject) {
      await using server = await startServer(subject, { options: roomy })
      const sessions = await Promise.all(Array.from({ length: 5 }, () => server.session()))
      for (const session of sessions) await session.get('/fast')
      const answeredAt: number[] = []
      const slow = sessions.map(async (session, i) => {
        const answer = await session.get('/slow?ms=7000')
        answeredAt[i] = server.sinceSignal()
        return answer
      })
      await sleep(100)
      server.signal()
      await server.draining()
      await sleep(100)
      for (const session of sessions) expect((await session.get('/fast')).text).toBe('fast')
      for (const answer of slow) expect(await answer).toMatchObject({ status: 200, text: 'slow' })
      for (const [i, session] of sessions.entries()) {
        await session.closed
        // Streams 1, 3 and 5. Node may say it a second time when the last stream has ended.
        for (const goaway of session.goaways) expect(goaway).toMatchObject({ code: 0, lastStream: 5 })
        expect(toldAt(server, session)).toBeGreaterThan(roomy.shutdownDelay - 20)
        expect(toldAt(server, session)).toBeLessThan(answeredAt[i] as number)
      }
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 0, report: { clean: true, requests: { finished: 10, cut: 0 } } })
      expect(exit.report.connections).toEqual({ session: 5 })
    },
  },
  {
    name: 'idle sessions end when the window is over, and hold nothing',
    async run(subject) {
      await using server = await startServer(subject, { options: { ...patient, linger: 5000 } })
      const sessions = await Promise.all(Array.from({ length: 5 }, () => server.session()))
      for (const session of sessions) await session.get('/fast')
      server.signal()
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
      expect(exit.ms).toBeGreaterThan(quick.shutdownDelay - 20)
      expect(exit.ownMs).toBeLessThan(2500)
      for (const session of sessions) expect(session.goaways[0]).toMatchObject({ code: 0, lastStream: 1 })
    },
  },
  {
    name: 'new sessions in the window are served on and on, and refused after it',
    async run(subject) {
      await using server = await startServer(subject, { options: roomy })
      const busy = await server.session()
      const slow = busy.get('/slow?ms=6000')
      await sleep(100)
      server.signal()
      await server.draining()
      const newcomer = await server.session()
      for (let number = 0; number < 5; number++) expect((await newcomer.get('/fast')).status).toBe(200)
      expect(server.ownSinceSignal()).toBeLessThan(roomy.shutdownDelay)
      expect(newcomer.goaways).toEqual([])
      await server.refusing()
      await expect(server.session()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
      await newcomer.closed
      expect((await slow).status).toBe(200)
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
    },
  },
  {
    name: 'a stream that races the GOAWAY is not executed, and its client knows',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      await using relay = await delayedRelay(server.port, 0)
      const target = { port: relay.port, protocol: subject.protocol }
      const session = server.adopt(await Http2Client.connect(target))
      expect((await session.get('/mark?id=early')).text).toBe('early')
      const upload = session.open('POST', '/upload')
      await upload.send('hello')
      await server.line('uploading')
      relay.hold()
      const racing = session.get('/mark?id=late')
      server.signal()
      await server.refusing()
      await sleep(1000)
      relay.release()
      await expect(racing).rejects.toMatchObject({ isSafeToRepeat: true })
      upload.stream.end()
      expect(await upload.response()).toMatchObject({ status: 200, text: '5' })
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
      expect(server.said('ran')).toEqual(['early'])
    },
  },
  {
    name: 'a connection that has not sent the preface gets linger to, then FIN',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const silent = await server.connect()
      server.signal()
      expect(await silent.closed).toBe('fin')
      expect(server.sinceSignal()).toBeGreaterThan(quick.shutdownDelay + quick.linger - 50)
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 0, report: { clean: true, cut: [], connections: { silent: 1 } } })
      expect(exit.ownMs).toBeLessThan(quick.gracePeriod / 2)
    },
  },
  {
    name: 'a connection that sends its preface after the listener has closed is served once, then closed',
    async run(subject) {
      await using server = await startServer(subject, { options: patient })
      const silent = await Http2Client.silent({ port: server.port, protocol: subject.protocol })
      server.signal()
      await server.refusing()
      const session = server.adopt(await Http2Client.over(silent))
      expect((await session.get('/fast')).text).toBe('fast')
      await session.closed
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 0, report: { clean: true, connections: { session: 1 } } })
      expect(exit.ownMs).toBeLessThan(1800)
    },
  },
  {
    name: 'a session without streams whose client never hangs up does not hold the process',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const [half, whole] = [
        await stubborn(server, subject.protocol),
        await stubborn(server, subject.protocol),
      ]
      await half.send(preface.subarray(0, 10))
      await whole.send(preface)
      await sleep(500)
      server.signal()
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
      expect(exit.ownMs).toBeLessThan(quick.shutdownDelay + quick.linger + 800)
    },
  },
  {
    name: 'a TLS handshake that never ends gets linger, then FIN',
    needs: 'tls',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const clients = [
        await RawClient.connect({ port: server.port }),
        await RawClient.connect({ port: server.port }),
      ]
      for (const client of clients) server.adopt(client)
      await clients[1]?.send(Buffer.from([22, 3, 1, 2]))
      await sleep(100)
      server.signal()
      for (const client of clients) expect(await client.closed).toBe('fin')
      expect(server.sinceSignal()).toBeGreaterThan(quick.shutdownDelay + quick.linger - 50)
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 0, report: { clean: true, connections: { handshake: 2 } } })
      expect(exit.ownMs).toBeLessThan(quick.gracePeriod / 2)
    },
  },
  {
    name: '60 sessions are all told within a second, and their streams finish',
    async run(subject) {
      await using server = await startServer(subject, { options: patient })
      const sessions = await Promise.all(Array.from({ length: 60 }, () => server.session()))
      const answers = sessions.map((session) => session.get('/slow?ms=1700'))
      await sleep(200)
      server.signal()
      for (const answer of answers) expect((await answer).text).toBe('slow')
      for (const { closed } of sessions) await closed
      const latest = Math.max(...sessions.map((session) => toldAt(server, session)))
      expect(latest).toBeGreaterThan(quick.shutdownDelay - 20)
      expect(latest).toBeLessThan(quick.shutdownDelay + 1300 + server.withheld())
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 0, report: { clean: true, connections: { session: 60 } } })
    },
  },
  {
    name: '100 connections that wait in the kernel when the listener is to close are served, then closed',
    async run(subject) {
      const options = { ...quick, shutdownDelay: 0, linger: 4000 }
      await using server = await startServer(subject, { options })
      const blocker = await server.session()
      const blocked = blocker.get('/block?ms=1200')
      await server.line('blocking')
      const waiting = await Promise.all(
        Array.from({ length: 100 }, () => Http2Client.silent({ port: server.port })),
      )
      // They ask before the signal: a busy machine may need seconds for all of them, and silence has only so many.
      const answers = waiting.map(async (tcp) => {
        const session = server.adopt(Http2Client.begin(tcp, subject.protocol))
        const { text } = await session.get('/fast')
        await session.closed
        return text
      })
      server.signal()
      expect((await blocked).text).toBe('blocked')
      expect(await Promise.all(answers)).toEqual(waiting.map(() => 'fast'))
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
    },
  },
  {
    name: 'SIGINT closes sessions at once, and finishes their streams',
    async run(subject) {
      const options = { ...quick, shutdownDelay: 4000, linger: 4000 }
      await using server = await startServer(subject, { options })
      const [idle, busy] = [await server.session(), await server.session()]
      await idle.get('/fast')
      const slow = busy.get('/slow?ms=900')
      await sleep(100)
      server.signal('SIGINT')
      await idle.closed
      expect(server.ownSinceSignal()).toBeLessThan(700)
      expect((await slow).text).toBe('slow')
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 0, report: { signal: 'SIGINT', clean: true } })
      expect(exit.ownMs).toBeLessThan(1500)
    },
  },
]

/** A connection whose client reads, and does not answer a FIN by its own. */
async function stubborn(
  server: ForkedServer,
  protocol: Parameters<typeof RawClient.connect>[0]['protocol'] & string,
): Promise<RawClient> {
  return server.adopt(await RawClient.connect({ port: server.port, protocol, allowHalfOpen: true }))
}
