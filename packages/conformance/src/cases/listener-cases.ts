import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { delayedRelay } from '../delayed-relay.js'
import { quick, roomy } from '../drain-options.js'
import { type ForkedServer, startServer } from '../forked-server.js'
import { RawClient, secured } from '../raw-client.js'
import { type BehaviourCase, isTls, type Protocol } from '../server-under-test.js'

const patient = { ...quick, linger: 2000 } as const

export const listenerCases: readonly BehaviourCase[] = [
  {
    name: 'B6: a new connection in the window is served, and refused after it',
    async run(subject) {
      await using server = await startServer(subject, { options: roomy })
      const busy = await server.connect()
      const slow = busy.get('/slow?ms=6000')
      await sleep(100)
      server.signal()
      await server.draining()
      const newcomer = await server.connect()
      expect(await newcomer.get('/fast')).toMatchObject({ status: 200, headers: { connection: 'close' } })
      expect(server.ownSinceSignal()).toBeLessThan(roomy.shutdownDelay)
      await server.refusing()
      expect(server.sinceSignal()).toBeGreaterThan(roomy.shutdownDelay - 50)
      await expect(server.connect()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
      expect((await slow).status).toBe(200)
      await server.exited()
    },
  },
  {
    name: 'B7: a silent socket gets linger to say something, then FIN',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const silent = await silentSocket(server)
      server.signal()
      expect(await silent.closed).toBe('fin')
      expect(server.sinceSignal()).toBeGreaterThan(quick.shutdownDelay + quick.linger - 50)
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
      expect(exit.ownMs).toBeLessThan(quick.gracePeriod / 2)
    },
  },
  {
    name: 'a silent socket that speaks after the listener has closed is served',
    async run(subject) {
      await using server = await startServer(subject, { options: patient })
      const client = await server.connect()
      server.signal()
      await server.refusing()
      expect(await client.get('/fast')).toMatchObject({ status: 200, headers: { connection: 'close' } })
      expect(await client.closed).toBe('fin')
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
    },
  },
  {
    name: 'a half-sent head completed in time is served',
    async run(subject) {
      await using server = await startServer(subject, { options: patient })
      const [first, second] = [await server.connect(), await server.connect()]
      await second.get('/fast')
      for (const client of [first, second]) await client.send('GET /fast HTTP/1.1\r\nHo')
      await sleep(100)
      server.signal()
      await server.refusing()
      for (const client of [first, second]) {
        await client.send('st: localhost\r\n\r\n')
        expect(await client.response()).toMatchObject({ status: 200, headers: { connection: 'close' } })
        expect(await client.closed).toBe('fin')
      }
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
    },
  },
  {
    name: 'B7: a half-sent head that is never completed gets 408 and FIN, and does not hold the process',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const [first, second] = [await server.connect(), await server.connect()]
      await second.get('/fast')
      for (const client of [first, second]) await client.send('GET /fast HTTP/1.1\r\nHo')
      await sleep(100)
      server.signal()
      for (const client of [first, second]) {
        expect((await client.response()).status).toBe(408)
        expect(await client.closed).toBe('fin')
      }
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
      expect(exit.ownMs).toBeLessThan(quick.gracePeriod / 2)
    },
  },
  {
    name: 'a silent TCP connection to a TLS port gets linger, then FIN',
    needs: 'tls',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const [silent, halfHello] = [await tcpClient(server.port), await tcpClient(server.port)]
      server.adopt(silent)
      server.adopt(halfHello)
      await halfHello.send(Buffer.from([22, 3, 1, 2]))
      await sleep(100)
      server.signal()
      expect([await silent.closed, await halfHello.closed]).toEqual(['fin', 'fin'])
      expect(server.sinceSignal()).toBeGreaterThan(quick.shutdownDelay + quick.linger - 50)
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
      expect(exit.ownMs).toBeLessThan(quick.gracePeriod / 2)
    },
  },
  {
    name: 'a TLS handshake in progress when the listener closes is completed and its request served',
    needs: 'tls',
    async run(subject) {
      await using server = await startServer(subject, { options: patient })
      const late = connect(server.port, '127.0.0.1')
      await using relay = await delayedRelay(server.port, 0)
      const halfway = secured(connect(relay.port, '127.0.0.1'))
      halfway.once('connect', () => setTimeout(() => relay.hold(), 1))
      await sleep(200)
      server.signal()
      await server.refusing()
      relay.release()
      for (const client of [secured(late), halfway].map((socket) => server.adopt(new RawClient(socket)))) {
        expect(await client.get('/fast')).toMatchObject({ status: 200, headers: { connection: 'close' } })
        expect(await client.closed).toBe('fin')
      }
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
    },
  },
  {
    name: '100 connections that wait in the kernel when the listener is to close are served, none is reset',
    async run(subject) {
      const options = { ...quick, shutdownDelay: 0, linger: 4000 }
      await using server = await startServer(subject, { options })
      const blocker = await server.connect()
      await blocker.get('/fast')
      const blocked = blocker.get('/block?ms=1200')
      await server.line('blocking')
      const waiting = await Promise.all(Array.from({ length: 100 }, () => tcpClient(server.port)))
      // They ask before the signal: a busy machine may need seconds for all of them, and silence has only so many.
      const answers = waiting.map((tcp) => answerOver(server, tcp, subject.protocol))
      server.signal()
      expect((await blocked).text).toBe('blocked')
      expect(await Promise.all(answers)).toEqual(waiting.map(() => 200))
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
    },
  },
]

async function silentSocket(server: ForkedServer): Promise<RawClient> {
  return server.adopt(await tcpClient(server.port))
}

function tcpClient(port: number): Promise<RawClient> {
  return RawClient.connect({ port })
}

/** The status of a request sent at once over a connection of which the server knows nothing yet. */
function answerOver(server: ForkedServer, tcp: RawClient, protocol: Protocol): Promise<number | string> {
  const client = isTls(protocol) ? new RawClient(secured(tcp.socket)) : tcp
  return server
    .adopt(client)
    .get('/fast')
    .then(
      ({ status }) => status,
      (error: Error) => error.message,
    )
}
