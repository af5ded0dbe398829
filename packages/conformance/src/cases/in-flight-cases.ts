import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { quick, roomy } from '../drain-options.js'
import { startServer } from '../forked-server.js'
import type { RawClient } from '../raw-client.js'
import type { BehaviourCase } from '../server-under-test.js'

/** The async context that a handler runs in. */
const contextFor = async (client: RawClient) => (await client.get('/context')).text

export const inFlightCases: readonly BehaviourCase[] = [
  {
    name: 'B2: a request in flight is answered whole with Connection: close, then FIN comes',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const client = await server.connect()
      expect((await client.get('/fast')).headers['connection']).not.toBe('close')
      const slow = client.get('/slow?ms=1200')
      await sleep(150)
      server.signal()
      expect(await slow).toMatchObject({ status: 200, text: 'slow', headers: { connection: 'close' } })
      expect(await client.closed).toBe('fin')
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true, requests: { cut: 0 } } })
    },
  },
  {
    name: 'A1: a request far longer than the window and linger is answered whole, and then FIN comes',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const client = await server.connect()
      const slow = client.get('/slow?ms=2500')
      await sleep(150)
      server.signal()
      expect(await slow).toMatchObject({ status: 200, text: 'slow', headers: { connection: 'close' } })
      expect(await client.closed).toBe('fin')
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 0, report: { clean: true, requests: { finished: 1, cut: 0 } } })
      expect(exit.ownMs).toBeLessThan(quick.gracePeriod / 2)
    },
  },
  {
    name: 'requests finished while draining are counted',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const clients = await Promise.all(Array.from({ length: 10 }, () => server.connect()))
      const answers = clients.map((client) => client.get('/slow?ms=1200'))
      await sleep(200)
      server.signal()
      for (const answer of answers) expect((await answer).status).toBe(200)
      expect((await server.exited()).report.requests).toEqual({ finished: 10, cut: 0 })
    },
  },
  {
    name: 'an answer whose application has removed the Connection header says close all the same',
    async run(subject) {
      await using server = await startServer(subject, { options: roomy })
      const client = await server.connect()
      const before = await client.get('/keep-alive?how=removed&ms=0')
      expect([before.text, before.headers['connection']]).toEqual(['alive', undefined])
      server.signal()
      await server.draining()
      const answer = await client.get('/keep-alive?how=removed&ms=0')
      expect([answer.text, answer.headers['connection']]).toEqual(['alive', 'close'])
      expect(await client.closed).toBe('fin')
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
    },
  },
  {
    name: 'handlers run in the async context of their application, also while the listener closes',
    async run(subject) {
      await using server = await startServer(subject, { options: { ...quick, shutdownDelay: 0 } })
      const clients = await Promise.all(Array.from({ length: 40 }, () => server.connect()))
      for (const client of clients) expect((await client.get('/context')).text).toBe('application')
      const holding = await server.connect()
      void holding.request('POST', '/upload', { headers: { 'Content-Length': 5 } })
      await server.line('uploading')
      server.signal()
      // The listener waits for a calm as long as others come, and what is asked meanwhile waits until it has closed.
      const newcomers: Promise<string>[] = []
      const answers: Promise<string>[] = []
      for (const client of clients) {
        const newcomer = await server.connect().catch(() => undefined)
        if (newcomer !== undefined) newcomers.push(contextFor(newcomer).catch(() => 'not accepted'))
        answers.push(contextFor(client))
      }
      expect(await Promise.all(answers)).toEqual(clients.map(() => 'application'))
      expect(await Promise.all(newcomers)).not.toContain('none')
      void holding.send('hello')
      expect((await holding.response()).text).toBe('5')
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
    },
  },
  ...['setHeader', 'writeHead', 'reason', 'array', 'flushed'].map(
    (how): BehaviourCase => ({
      name: `a Connection: keep-alive that the application sets by ${how} does not win over the drain`,
      async run(subject) {
        await using server = await startServer(subject, {
          options: { ...quick, linger: 4000 },
        })
        const client = await server.connect()
        const before = await client.get(`/keep-alive?how=${how}&ms=0`)
        expect(before.headers['connection']?.toLowerCase()).toBe('keep-alive')
        const answer = client.get(`/keep-alive?how=${how}&ms=1200`)
        await sleep(150)
        server.signal()
        const { text, headers } = await answer
        expect(text).toBe('alive')
        expect(headers['connection']).toBe('close')
        expect(headers['keep-alive']).toBe(undefined)
        expect(await client.closed).toBe('fin')
        expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
      },
    }),
  ),
  {
    name: 'answers without a body (HEAD, 204, 304) carry Connection: close and end the connection',
    async run(subject) {
      await using server = await startServer(subject, { options: { ...roomy, linger: 0 } })
      const asked = [
        { method: 'HEAD', path: '/fast', status: 200 },
        { method: 'GET', path: '/no-content', status: 204 },
        { method: 'GET', path: '/not-modified', status: 304 },
      ]
      const clients = await Promise.all(asked.map(() => server.connect()))
      server.signal()
      await server.draining()
      for (const [index, { method, path, status }] of asked.entries()) {
        const client = clients[index]
        expect(await client?.ask(method, path)).toMatchObject({ status, headers: { connection: 'close' } })
        expect(await client?.closed).toBe('fin')
      }
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
    },
  },
  {
    name: 'a client that half-closes is answered or let go, and does not hold the process',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const client = await server.connect()
      void client.request('GET', '/slow?ms=300')
      client.halfClose()
      await sleep(100)
      server.signal()
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 0, report: { clean: true } })
      expect(exit.ownMs).toBeLessThan(quick.gracePeriod / 2)
    },
  },
  {
    name: 'a request whose client has gone, or whose handler destroyed it, does not hold the process',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const clients = await Promise.all(Array.from({ length: 4 }, () => server.connect()))
      const [hanging, streaming, piped, destroyed] = clients
      void hanging?.request('GET', '/hang')
      void streaming?.request('GET', '/stream?chunks=1000&every=20')
      for (let number = 0; number < 3; number++) void piped?.request('GET', '/slow?ms=4000')
      await destroyed?.get('/destroy').catch(() => {})
      await streaming?.receives('chunk 2')
      await server.line('hanging')
      hanging?.destroy()
      streaming?.reset()
      piped?.reset()
      await sleep(100)
      server.signal()
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
      expect(exit.ownMs).toBeLessThan(quick.gracePeriod / 2)
    },
  },
]
