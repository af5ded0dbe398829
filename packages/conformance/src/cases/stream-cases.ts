import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { brief, patient, quick, roomy } from '../drain-options.js'
import { startServer } from '../forked-server.js'
import type { BehaviourCase } from '../server-under-test.js'
import { answersInEvents, eventSource, eventsIn } from './event-streams.js'

export const streamCases: readonly BehaviourCase[] = [
  {
    name: 'a stream whose head has been sent as keep-alive arrives whole, and its connection is ended after linger',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const client = await server.connect()
      const answer = client.get('/stream?chunks=20&every=100')
      await client.receives('chunk 1\n')
      server.signal()
      const { text } = await answer
      expect(text.split('\n').filter(Boolean)).toEqual(
        Array.from({ length: 20 }, (_, number) => `chunk ${number}`),
      )
      expect(await client.closed).toBe('fin')
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
    },
  },
  {
    name: '30 MB that were end()ed before the drain reach a slow reader whole',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const client = await server.connect()
      void client.request('GET', '/big?mb=30')
      await client.head()
      client.pause()
      await sleep(200)
      server.signal()
      await server.refusing()
      await sleep(quick.linger + 700)
      client.resume()
      const { body } = await client.response()
      expect(body.length).toBe(30 * 2 ** 20)
      expect(body.equals(Buffer.alloc(body.length, 'x'))).toBe(true)
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
    },
  },
  {
    name: '30 MB that were end()ed while draining reach a slow reader whole',
    async run(subject) {
      await using server = await startServer(subject, { options: roomy })
      const client = await server.connect()
      await client.get('/fast')
      server.signal()
      await server.draining()
      void client.request('GET', '/big?mb=30')
      await client.head()
      client.pause()
      await server.refusing()
      await sleep(quick.linger + 700)
      client.resume()
      expect((await client.response()).body.length).toBe(30 * 2 ** 20)
      expect(await client.closed).toBe('fin')
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
    },
  },
  {
    name: 'server-sent events are ended in order when the window is over, and later writes harm nothing',
    asksNode: true,
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const [client, other] = [await server.connect(), await server.connect()]
      void client.request('GET', '/sse', eventSource)
      const slow = other.get('/slow?ms=1800')
      await client.receives('data: 2')
      server.signal()
      const { text } = await client.response()
      expect(server.sinceSignal()).toBeGreaterThan(quick.shutdownDelay - 20)
      expect(text).toMatch(/^data: 0 [\s\S]*\n\n$/)
      expect(await client.closed).toBe('fin')
      expect((await slow).text).toBe('slow')
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
      expect(exit.stderr).not.toMatch(/ERR_|uncaught/i)
    },
  },
  {
    name: 'server-sent events end with the last event of a handler that listens to the signal',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const client = await server.connect()
      void client.request('GET', '/sse?until=signal', eventSource)
      await client.receives('data: 1')
      server.signal()
      expect((await client.response()).text).toMatch(/event: goodbye\ndata: reconnect\n\n$/)
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 0, report: { clean: true } })
      expect(exit.ownMs).toBeLessThan(4000)
    },
  },
  {
    name: 'server-sent events to a slow reader are ended in order behind what the reader has not read yet',
    asksNode: true,
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const client = await server.connect()
      void client.request('GET', '/sse?padding=1000000', eventSource)
      await client.receives('data: 0')
      client.pause()
      await sleep(900)
      server.signal()
      await server.refusing()
      await sleep(700)
      client.resume()
      const { body } = await client.response()
      expect(body.length).toBeGreaterThan(5_000_000)
      expect(body.subarray(-2).toString()).toBe('\n\n')
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
    },
  },
  {
    name: 'server-sent events whose head is sent after the listener has closed are ended as well, if an EventSource has asked',
    asksNode: true,
    async run(subject) {
      await using server = await startServer(subject, { options: patient })
      const client = await server.connect()
      void client.request('GET', '/sse?after=1500', eventSource)
      server.signal()
      await server.refusing()
      expect((await client.response()).text).toMatch(/^(data: \d+ \n\n)*$/)
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
    },
  },
  {
    name: 'answers in server-sent events that no EventSource has asked for finish by themselves, whenever their head is sent',
    async run(subject) {
      await using server = await startServer(subject, { options: patient })
      const answers = []
      for (const { method, path, headers } of answersInEvents) {
        const client = await server.connect()
        answers.push(client.ask(method, path, { headers }))
      }
      await sleep(200)
      server.signal()
      const texts = (await Promise.all(answers)).map(({ text }) => text)
      expect(texts).toEqual(texts.map(() => eventsIn(40)))
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
    },
  },
  {
    name: 'server-sent events that say how long they are come whole, and the answer that is pipelined behind them',
    async run(subject) {
      await using server = await startServer(subject, { options: patient })
      const client = await server.connect()
      void client.request('GET', '/sse?events=40&length', eventSource)
      void client.request('GET', '/fast')
      await client.receives('data: 2')
      server.signal()
      expect((await client.response()).text).toBe(eventsIn(40))
      expect((await client.response()).text).toBe('fast')
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
    },
  },
  {
    name: "eventStreams: 'finish' ends none",
    async run(subject) {
      await using server = await startServer(subject, { options: { ...patient, eventStreams: 'finish' } })
      const [before, after] = [await server.connect(), await server.connect()]
      const answers = [
        before.ask('GET', '/sse?events=40', eventSource),
        after.ask('GET', '/sse?after=1500&events=40', eventSource),
      ]
      await before.receives('data: 2')
      server.signal()
      for (const answer of answers) expect((await answer).text).toBe(eventsIn(40))
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
    },
  },
  {
    name: 'compressed server-sent events are left alone until the cutoff, and named',
    async run(subject) {
      await using server = await startServer(subject, { options: brief })
      const client = await server.connect()
      void client.request('GET', '/sse?encoding=gzip&secret=1', eventSource)
      await client.head()
      server.signal()
      await server.line('cutoff')
      expect(client.ending).toBe(undefined)
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 1, report: { clean: false, exitCode: 1 } })
      expect(exit.report.cut).toEqual([
        expect.objectContaining({ kind: 'request', method: 'GET', path: '/sse' }),
      ])
    },
  },
]
