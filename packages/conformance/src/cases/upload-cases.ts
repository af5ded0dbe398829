import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { quick, roomy } from '../drain-options.js'
import { type ForkedServer, startServer } from '../forked-server.js'
import { holdByUpload } from '../held-upload.js'
import type { BehaviourCase } from '../server-under-test.js'

const piece = Buffer.alloc(64 * 1024, 'u')

export const uploadCases: readonly BehaviourCase[] = [
  {
    name: 'a body that came with its head is read whole before a handler can answer: the answer says close',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const client = await server.connect()
      expect((await client.ask('POST', '/reject', { body: 'hello' })).headers['connection']).toBe(
        'keep-alive',
      )
      server.signal()
      await sleep(100)
      const { status, headers } = await client.ask('POST', '/reject', { body: 'hello' })
      expect(status).toBe(401)
      expect(headers['connection']).toBe('close')
      expect(await client.closed).toBe('fin')
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
    },
  },
  {
    name: 'a slow upload is read to its end and answered',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const client = await server.connect()
      const pieces = 12
      void client.request('POST', '/upload', { headers: { 'Content-Length': pieces * piece.length } })
      await server.line('uploading')
      server.signal()
      for (let sent = 0; sent < pieces; sent++) {
        await client.send(piece)
        await sleep(120)
      }
      expect(await client.response()).toMatchObject({ status: 200, text: String(pieces * piece.length) })
      expect(await client.closed).toBe('fin')
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
    },
  },
  {
    name: 'a slow chunked upload is read to its end and answered',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const client = await server.connect()
      void client.request('POST', '/upload', { headers: { 'Transfer-Encoding': 'chunked' } })
      await server.line('uploading')
      server.signal()
      for (let sent = 0; sent < 8; sent++) {
        await client.send('5\r\nhello\r\n')
        await sleep(120)
      }
      await client.send('0\r\n\r\n')
      const answer = await client.response()
      expect(answer).toMatchObject({ status: 200, text: '40', headers: { connection: 'close' } })
      expect(await client.closed).toBe('fin')
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
    },
  },
  {
    name: 'Expect: 100-continue is answered while draining, before and after the listener closes',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const [inWindow, late] = [await server.connect(), await server.connect()]
      for (const client of [inWindow, late]) await client.get('/fast')
      const release = await holdByUpload(server)
      server.signal()
      await server.draining()
      for (const client of [inWindow, late]) {
        if (client === late) await server.refusing()
        void client.request('POST', '/upload', { headers: { Expect: '100-continue', 'Content-Length': 5 } })
        await client.receives('100 Continue')
        await sleep(200)
        await client.send('hello')
        expect(await client.response()).toMatchObject({ status: 200, text: '5' })
        expect(client.informational).toEqual([100])
        expect(await client.closed).toBe('fin')
      }
      await release()
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
    },
  },
  {
    name: 'an upload answered early, while draining, gets its answer in 20 of 20 trials',
    async run(subject) {
      await using server = await startServer(subject, { options: roomy })
      const trials = await Promise.all(Array.from({ length: 20 }, () => server.connect()))
      for (const client of trials) await client.get('/fast')
      server.signal()
      await server.draining()
      expect(await Promise.all(trials.map((client) => earlyAnswer(client)))).toEqual(trials.map(() => 401))
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
    },
  },
  {
    name: 'an upload answered before the drain and still being sent gets its answer in 20 of 20 trials',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const trials = await Promise.all(Array.from({ length: 20 }, () => server.connect()))
      const answers = trials.map((client) => earlyAnswer(client))
      await sleep(150)
      server.signal()
      expect(await Promise.all(answers)).toEqual(trials.map(() => 401))
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
    },
  },
]

/** Sends 10 MB over about a second without reading, to a route that answers 401 after the head; then reads. */
async function earlyAnswer(client: Awaited<ReturnType<ForkedServer['connect']>>): Promise<number | string> {
  client.pause()
  const size = 10 * 2 ** 20
  void client.request('POST', '/reject', {
    headers: { 'Content-Length': size, 'Content-Type': 'application/octet-stream' },
  })
  for (let sent = 0; sent < size; sent += 16 * piece.length) {
    await client.send(Buffer.alloc(16 * piece.length, 'u'))
    await sleep(100)
  }
  client.resume()
  return await client.response().then(
    ({ status }) => status,
    (error: Error) => error.message,
  )
}
