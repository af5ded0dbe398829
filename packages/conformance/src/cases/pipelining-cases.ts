import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { quick, roomy } from '../drain-options.js'
import { startServer } from '../forked-server.js'
import { holdByUpload } from '../held-upload.js'
import { requestBytes } from '../request-bytes.js'
import type { BehaviourCase } from '../server-under-test.js'

export const pipeliningCases: readonly BehaviourCase[] = [
  {
    name: 'B3: pipelined requests that race with the signal, and late ones after the listener has closed, are answered, not reset',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const release = await holdByUpload(server)
      const racing = await Promise.all(Array.from({ length: 40 }, () => server.connect()))
      const late = await Promise.all(Array.from({ length: 10 }, () => server.connect()))
      for (const client of [...racing, ...late]) await client.get('/fast')
      const raced = racing.map(async (client, ms) => {
        await sleep(ms)
        void client.send(Buffer.concat([requestBytes('GET', '/fast'), requestBytes('GET', '/slow?ms=20')]))
        return [(await client.response()).text, (await client.response()).text]
      })
      await sleep(20)
      server.signal()
      expect(await Promise.all(raced)).toEqual(racing.map(() => ['fast', 'slow']))
      await server.refusing()
      for (const client of late) {
        expect(await client.ask('POST', '/upload', { body: 'hello' })).toMatchObject({
          status: 200,
          text: '5',
          headers: { connection: 'close' },
        })
      }
      await release()
      for (const client of [...racing, ...late]) expect(await client.closed).toBe('fin')
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
    },
  },
  {
    name: 'three pipelined requests are all answered, and only the last answer closes',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const client = await server.connect()
      for (const ms of [1500, 1100, 1300]) void client.request('GET', `/slow?ms=${ms}`)
      await sleep(250)
      server.signal()
      const connection = []
      for (let number = 0; number < 3; number++) {
        const { status, text, headers } = await client.response()
        expect({ status, text }).toEqual({ status: 200, text: 'slow' })
        connection.push(headers['connection'] === 'close')
      }
      expect(connection).toEqual([false, false, true])
      expect(await client.closed).toBe('fin')
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
    },
  },
  {
    name: 'pipelined requests whose answers wait behind a slow one are all answered',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const client = await server.connect()
      void client.request('GET', '/slow?ms=1500')
      void client.request('GET', '/fast')
      void client.request('GET', '/fast')
      await sleep(250)
      server.signal()
      const texts = []
      for (let number = 0; number < 3; number++) texts.push((await client.response()).text)
      expect(texts).toEqual(['slow', 'fast', 'fast'])
      expect(await client.closed).toBe('fin')
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
    },
  },
  {
    name: 'of requests pipelined into the window exactly those run that are answered, the last one closing',
    async run(subject) {
      await using server = await startServer(subject, { options: roomy })
      const client = await server.connect()
      await client.get('/fast')
      server.signal()
      await server.draining()
      const ids = ['a', 'b', 'c']
      await client.send(Buffer.concat(ids.map((id) => requestBytes('GET', `/mark?id=${id}`))))
      const answered = []
      let closing = false
      while (!closing) {
        const { text, headers } = await client.response()
        answered.push(text)
        closing = headers['connection'] === 'close'
      }
      expect(await client.closed).toBe('fin')
      await server.exited()
      expect(answered).toEqual(ids.slice(0, answered.length))
      expect(server.said('ran')).toEqual(answered)
    },
  },
  {
    name: 'a request behind a Connection: close head is discarded unexecuted, and the 8 MB before it arrive whole',
    async run(subject) {
      await using server = await startServer(subject, { options: roomy })
      const clients = await Promise.all(Array.from({ length: 10 }, () => server.connect()))
      for (const client of clients) await client.get('/fast')
      server.signal()
      await server.draining()
      for (const client of clients) {
        void client.request('GET', '/big?mb=8')
        expect((await client.head()).headers['connection']).toBe('close')
        client.pause()
        void client.request('GET', '/mark?id=behind')
        void client.request('POST', '/mark?id=body', { body: Buffer.alloc(2 ** 20, 'y') })
      }
      await sleep(1500)
      const sizes = clients.map(async (client) => {
        client.resume()
        return (await client.response()).body.length
      })
      expect(await Promise.all(sizes)).toEqual(clients.map(() => 8 * 2 ** 20))
      for (const client of clients) expect(await client.closed).toBe('fin')
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
      expect(server.said('ran')).toEqual([])
    },
  },
  {
    name: 'an upgrade behind a Connection: close head is discarded, and the answer before it arrives whole',
    needs: 'upgrade',
    async run(subject) {
      await using server = await startServer(subject, { options: roomy })
      const client = await server.connect()
      await client.get('/fast')
      server.signal()
      await server.draining()
      void client.request('GET', '/stream?chunks=6&every=60')
      expect((await client.head()).headers['connection']).toBe('close')
      void client.send(
        'GET /echo HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n',
      )
      expect((await client.response()).text).toMatch(/chunk 5\n$/)
      expect(await client.closed).toBe('fin')
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
    },
  },
  {
    name: 'a request with an upgrade behind it in one packet is answered before that is',
    needs: 'upgrade',
    async run(subject) {
      await using server = await startServer(subject, { options: roomy })
      const client = await server.connect()
      server.signal()
      await server.draining()
      void client.send(
        'GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n' +
          'GET /echo-until-signal HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n',
      )
      const { status, headers } = await client.response()
      expect([status, headers['connection']]).toEqual([503, 'keep-alive'])
      await client.receives('HTTP/1.1 101')
      client.reset()
      await client.closed
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
    },
  },
  ...Object.entries({
    'a CONNECT that nobody serves': 'CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n',
    'something that is no HTTP': '\u0016\u0003\u0001 no HTTP\r\n\r\n',
    'a head that is too large': `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`,
  }).map(
    ([what, bytes]): BehaviourCase => ({
      name: `a request with ${what} behind it in one packet is answered`,
      async run(subject) {
        await using server = await startServer(subject, { options: roomy })
        const client = await server.connect()
        server.signal()
        await server.draining()
        const path = bytes.startsWith('CONNECT') ? '/readyz' : '/fast'
        void client.send(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n${bytes}`)
        const { status, headers } = await client.response()
        expect([status, headers['connection']]).toEqual([path === '/fast' ? 200 : 503, 'close'])
        await client.closed
        expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
      },
    }),
  ),
  {
    name: 'a request that says Connection: close, with bytes behind it, is answered',
    async run(subject) {
      await using server = await startServer(subject, { options: roomy })
      const client = await server.connect()
      server.signal()
      await server.draining()
      void client.send('GET /fast HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\nmore')
      expect(await client.response()).toMatchObject({ status: 200, text: 'fast' })
      await client.closed
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
    },
  },
  {
    name: 'an empty line behind a request is no half head: the connection is idle',
    asksNode: true,
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const client = await server.connect()
      await client.ask('POST', '/upload', { body: 'hello' })
      await client.send('\r\n')
      await sleep(100)
      server.signal()
      expect(await client.closed).toBe('fin')
      await expect(client.response()).rejects.toThrow('without a response')
      expect(await server.exited()).toMatchObject({
        code: 0,
        report: { clean: true, connections: { idle: 1 } },
      })
    },
  },
]
