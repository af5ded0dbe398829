import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { brief, patient, quick } from '../drain-options.js'
import { startServer } from '../forked-server.js'
import type { BehaviourCase } from '../server-under-test.js'
import { answersInEvents, eventSource, eventsIn } from './event-streams.js'

/** What becomes of server-sent events on HTTP/2. */
export const http2EventStreamCases: readonly BehaviourCase[] = [
  {
    name: 'server-sent events are ended in order when the window is over, and later writes harm nothing',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const session = await server.session()
      const [events, slow] = [session.open('GET', '/sse', eventSource.headers), session.get('/slow?ms=1800')]
      await events.receives('data: 2')
      server.signal()
      const { text } = await events.response()
      expect(server.sinceSignal()).toBeGreaterThan(quick.shutdownDelay - 20)
      expect(server.ownSinceSignal()).toBeLessThan(1600)
      expect(text).toMatch(/^data: 0 [\s\S]*\n\n$/)
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
      const session = await server.session()
      const events = session.open('GET', '/sse?until=signal', eventSource.headers)
      await events.receives('data: 1')
      server.signal()
      expect((await events.response()).text).toMatch(/event: goodbye\ndata: reconnect\n\n$/)
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
    },
  },
  {
    name: 'server-sent events whose head is sent after the listener has closed are ended as well, if an EventSource has asked',
    async run(subject) {
      await using server = await startServer(subject, { options: patient })
      const session = await server.session()
      const events = session.open('GET', '/sse?after=1500', eventSource.headers)
      server.signal()
      await server.refusing()
      expect((await events.response()).text).toMatch(/^(data: \d+ \n\n)*$/)
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
    },
  },
  {
    name: 'answers in server-sent events that no EventSource has asked for finish by themselves, whenever their head is sent',
    async run(subject) {
      await using server = await startServer(subject, { options: patient })
      const session = await server.session()
      const answers = answersInEvents.map(({ method, path, headers }) =>
        session.ask(method, path, { headers }),
      )
      await sleep(200)
      server.signal()
      const texts = (await Promise.all(answers)).map(({ text }) => text)
      expect(texts).toEqual(texts.map(() => eventsIn(40)))
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
    },
  },
  {
    name: "eventStreams: 'finish' ends none",
    async run(subject) {
      await using server = await startServer(subject, { options: { ...patient, eventStreams: 'finish' } })
      const session = await server.session()
      const answers = ['/sse?events=40', '/sse?after=1500&events=40'].map((path) =>
        session.ask('GET', path, eventSource),
      )
      await sleep(200)
      server.signal()
      for (const answer of answers) expect((await answer).text).toBe(eventsIn(40))
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
    },
  },
  {
    name: 'compressed server-sent events are left alone until the cutoff, and named',
    async run(subject) {
      await using server = await startServer(subject, { options: brief })
      const session = await server.session()
      const events = session.open('GET', '/sse?encoding=gzip&secret=1', eventSource.headers)
      await events.head
      server.signal()
      await server.line('cutoff')
      expect(events.stream.closed).toBe(false)
      await expect(events.response()).rejects.toMatchObject({ code: 8 })
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 1, report: { clean: false, exitCode: 1 } })
      expect(exit.report.cut).toEqual([
        expect.objectContaining({ kind: 'request', method: 'GET', path: '/sse' }),
      ])
    },
  },
]
