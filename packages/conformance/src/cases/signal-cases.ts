import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { quick, roomy } from '../drain-options.js'
import { startServer } from '../forked-server.js'
import type { BehaviourCase } from '../server-under-test.js'

export const signalCases: readonly BehaviourCase[] = [
  ...(['SIGTERM', 'SIGINT'] as const).map(
    (signal): BehaviourCase => ({
      name: `B5: ${signal} starts the drain, and is named in the log and in the report`,
      async run(subject) {
        await using server = await startServer(subject, { options: quick })
        const client = await server.connect()
        const slow = client.get('/slow?ms=700')
        await sleep(100)
        server.signal(signal)
        expect(await slow).toMatchObject({ status: 200, text: 'slow', headers: { connection: 'close' } })
        const exit = await server.exited()
        expect(exit).toMatchObject({ code: 0, signal: null, report: { reason: signal, signal, clean: true } })
        expect(server.output).toContain(`${signal}: draining`)
      },
    }),
  ),
  {
    name: 'a repeated SIGTERM is logged and ignored',
    async run(subject) {
      await using server = await startServer(subject, { options: roomy })
      const client = await server.connect()
      const slow = client.get('/slow?ms=1800')
      await sleep(100)
      server.signal()
      await server.draining()
      await sleep(700)
      const before = server.output.length
      server.signal()
      await server.until(
        () => server.output.slice(before).includes('SIGTERM'),
        1000,
        'nothing about the second SIGTERM',
      )
      expect(await slow).toMatchObject({ status: 200, text: 'slow' })
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 0, signal: null, report: { clean: true } })
      expect(server.said('draining').length).toBe(1)
    },
  },
  {
    name: 'SIGTERM and SIGINT a moment apart are one gesture: what is in flight is finished',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const client = await server.connect()
      const slow = client.get('/slow?ms=1200')
      await sleep(100)
      server.signal()
      await sleep(2)
      server.signal('SIGINT')
      expect(await slow).toMatchObject({ status: 200, text: 'slow' })
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
    },
  },
  {
    name: 'SIGINT needs neither window nor linger: the prompt is back at once with an idle browser connected',
    async run(subject) {
      const options = { ...quick, shutdownDelay: 4000, linger: 4000 }
      await using server = await startServer(subject, { options })
      const browser = await server.connect()
      await browser.get('/fast')
      server.signal('SIGINT')
      expect(await browser.closed).toBe('fin')
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 0, report: { signal: 'SIGINT', clean: true } })
      expect(exit.ownMs).toBeLessThan(1500)
    },
  },
  {
    name: 'SIGINT still finishes what is in flight',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const client = await server.connect()
      const slow = client.get('/slow?ms=900')
      await sleep(100)
      server.signal('SIGINT')
      expect(await slow).toMatchObject({ status: 200, text: 'slow', headers: { connection: 'close' } })
      expect(await server.exited()).toMatchObject({ code: 0 })
    },
  },
  {
    name: 'a second SIGINT later than half a second forces: exit 130, with a report',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const client = await server.connect()
      void client.request('GET', '/hang')
      await server.line('hanging')
      server.signal('SIGINT')
      await server.draining()
      await sleep(700)
      server.signal('SIGINT')
      const exit = await server.exited()
      expect(exit.code).toBe(130)
      expect(exit.ownMs).toBeLessThan(quick.gracePeriod / 2)
      expect(exit.report).toMatchObject({ exitCode: 130, clean: false })
    },
  },
  {
    name: 'an exception while requests are in flight ends the process with 1, after they are answered',
    async run(subject) {
      await using server = await startServer(subject, {
        options: { ...quick, shutdownDelay: 4000 },
      })
      const [client, thrower, prober] = [
        await server.connect(),
        await server.connect(),
        await server.connect(),
      ]
      await prober.get('/fast')
      const slow = client.get('/slow?ms=1200')
      await sleep(100)
      expect((await thrower.get('/throw?id=first')).status).toBe(200)
      await server.draining()
      expect((await prober.get('/readyz')).status).toBe(503)
      expect(await slow).toMatchObject({ status: 200, text: 'slow', headers: { connection: 'close' } })
      const exit = await server.exited()
      expect(exit.code).toBe(1)
      expect(exit.stderr).toMatch(/Error: thrown on purpose first\s+at /)
      expect(exit.stderr).toMatch(/Node\.js v\d+/)
    },
  },
  {
    name: 'a second exception ends the process at once',
    async run(subject) {
      await using server = await startServer(subject, { options: roomy })
      const [client, thrower] = [await server.connect(), await server.connect()]
      void client.request('GET', '/hang')
      await server.line('hanging')
      await thrower.get('/throw?id=second&ms=500')
      await thrower.get('/throw?id=first')
      await server.draining()
      const exit = await server.exited(4000)
      expect(exit.code).toBe(1)
      expect(exit.stderr).toContain('thrown on purpose second')
    },
  },
]
