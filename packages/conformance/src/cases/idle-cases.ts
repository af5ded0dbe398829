import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { quick, roomy } from '../drain-options.js'
import { type ForkedServer, startServer } from '../forked-server.js'
import { holdByUpload } from '../held-upload.js'
import type { BehaviourCase } from '../server-under-test.js'

/** Waiting is by counting, not by sleeping: nothing else goes by between the last reason to stay and the end. */
function expectAfter(server: ForkedServer, duration: number | undefined, reason: number): void {
  expect(duration).toBeGreaterThan(reason - 50)
  expect(duration).toBeLessThan(reason + 1000 + server.withheld())
}

export const idleCases: readonly BehaviourCase[] = [
  {
    name: 'B1: an idle connection is ended with FIN once the window and linger are over',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const client = await server.connect()
      await client.get('/fast')
      server.signal()
      expect(await client.closed).toBe('fin')
      expect(server.sinceSignal()).toBeGreaterThan(quick.shutdownDelay + quick.linger - 50)
      expect(server.ownSinceSignal()).toBeLessThan(4000)
      const exit = await server.exited()
      expect(exit).toMatchObject({
        code: 0,
        report: { clean: true, signal: 'SIGTERM', exitCode: 0, cut: [] },
      })
    },
  },
  {
    name: 'E3: a process without connections leaves when the window is over',
    async run(subject) {
      await using server = await startServer(subject, { options: { ...quick, linger: 3000 } })
      server.signal()
      const exit = await server.exited()
      expect(exit.code).toBe(0)
      expectAfter(server, exit.report.durations['total'], quick.shutdownDelay)
    },
  },
  {
    name: 'E3: a process with an idle connection leaves when the window and linger are over',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const client = await server.connect()
      await client.get('/fast')
      server.signal()
      const exit = await server.exited()
      expect(exit.code).toBe(0)
      expectAfter(server, exit.report.durations['total'], quick.shutdownDelay + quick.linger)
    },
  },
  {
    name: 'E3: a busy process waits for its work, however much longer that takes, and leaves with it',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const client = await server.connect()
      const slow = client.get('/slow?ms=1800')
      await sleep(100)
      server.signal()
      expect((await slow).text).toBe('slow')
      // Less what a busy machine has withheld: the answer may have been here for longer than it was seen.
      const answered = server.ownSinceSignal()
      const exit = await server.exited()
      expect(exit.code).toBe(0)
      expectAfter(server, exit.report.durations['total'], answered)
    },
  },
  {
    name: 'E4: an idle connection is served one last time during the window, and told to close',
    async run(subject) {
      await using server = await startServer(subject, { options: roomy })
      const client = await server.connect()
      const first = await client.get('/fast')
      expect(first.headers['connection']).not.toBe('close')
      server.signal()
      await server.draining()
      const last = await client.get('/fast')
      expect(last).toMatchObject({ status: 200, text: 'fast', headers: { connection: 'close' } })
      expect(await client.closed).toBe('fin')
      expect(server.child.exitCode).toBe(null)
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
    },
  },
  {
    name: 'while idle connections linger newcomers are served as well, and the process leaves as soon as nobody is idle',
    async run(subject) {
      await using server = await startServer(subject, { options: { ...quick, linger: 10_000 } })
      const client = await server.connect()
      await client.get('/fast')
      server.signal()
      await sleep(quick.shutdownDelay + 400)
      for (const each of [await server.connect(), client]) {
        const last = await each.get('/fast')
        expect(last).toMatchObject({ status: 200, text: 'fast', headers: { connection: 'close' } })
        expect(await each.closed).toBe('fin')
      }
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 0, report: { clean: true } })
      expect(exit.ownMs).toBeLessThan(6000)
    },
  },
  {
    name: 'idle connections stay while another request holds the process',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const idle = await server.connect()
      await idle.get('/fast')
      const release = await holdByUpload(server)
      server.signal()
      await server.refusing()
      await sleep(quick.linger + 600)
      expect(idle.ending).toBe(undefined)
      expect(await idle.get('/fast')).toMatchObject({ status: 200, headers: { connection: 'close' } })
      expect(await idle.closed).toBe('fin')
      await release()
      expect(await server.exited()).toMatchObject({ code: 0 })
    },
  },
  {
    name: 'without linger an idle connection is ended when the window is over',
    async run(subject) {
      await using server = await startServer(subject, { options: { ...quick, linger: 0 } })
      const client = await server.connect()
      await client.get('/fast')
      server.signal()
      expect(await client.closed).toBe('fin')
      expect(server.sinceSignal()).toBeGreaterThan(quick.shutdownDelay - 20)
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
    },
  },
]
