import { expect } from 'vitest'
import { brief } from '../drain-options.js'
import { startServer } from '../forked-server.js'
import type { BehaviourCase } from '../server-under-test.js'

export const cutoffCases: readonly BehaviourCase[] = [
  {
    name: 'A3: a handler that never answers gets 503 at the cutoff, is named, and the process is gone before the grace period is over',
    async run(subject) {
      await using server = await startServer(subject, { options: brief })
      const client = await server.connect()
      const answer = client.get('/hang?token=secret')
      await server.line('hanging')
      server.signal()
      expect(await answer).toMatchObject({ status: 503, headers: { connection: 'close' } })
      const exit = await server.exited()
      expect(exit.code).toBe(1)
      expect(exit.ownMs).toBeLessThan(brief.gracePeriod)
      expect(exit.report).toMatchObject({ clean: false, exitCode: 1, requests: { cut: 1 } })
      expect(exit.report.cut).toEqual([
        expect.objectContaining({
          kind: 'request',
          method: 'GET',
          path: '/hang',
          remoteAddress: '127.0.0.1',
        }),
      ])
      expect(exit.report.cut[0]?.age).toBeGreaterThan(1000)
      expect(JSON.stringify(exit.report)).not.toContain('secret')
    },
  },
  {
    name: 'A3: an endless stream is destroyed at the cutoff and named',
    async run(subject) {
      await using server = await startServer(subject, { options: brief })
      const client = await server.connect()
      const answer = client.get('/stream?chunks=100000&every=50')
      answer.catch(() => {})
      await client.receives('chunk 1')
      server.signal()
      await server.line('cutoff')
      await expect(answer).rejects.toThrow()
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 1, report: { clean: false, requests: { cut: 1 } } })
      expect(exit.report.cut).toEqual([expect.objectContaining({ method: 'GET', path: '/stream' })])
      expect(exit.ownMs).toBeLessThan(brief.gracePeriod)
    },
  },
  {
    name: 'a stalled upload is answered with 503 at the cutoff and named',
    async run(subject) {
      await using server = await startServer(subject, { options: brief })
      const client = await server.connect()
      void client.request('POST', '/upload', { headers: { 'Content-Length': 1000 } })
      await client.send('only this')
      await server.line('uploading')
      server.signal()
      expect((await client.response()).status).toBe(503)
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 1, report: { clean: false } })
      expect(exit.report.cut).toEqual([expect.objectContaining({ method: 'POST', path: '/upload' })])
    },
  },
  {
    name: 'A3: a handler can still answer when the cutoff signal aborts',
    async run(subject) {
      await using server = await startServer(subject, { options: brief })
      const client = await server.connect()
      const answer = client.get('/last-words')
      await server.line('waiting')
      server.signal()
      expect(await answer).toMatchObject({
        status: 200,
        text: 'last words',
        headers: { connection: 'close' },
      })
      expect((await server.exited()).ownMs).toBeLessThan(brief.gracePeriod)
    },
  },
  {
    name: 'a reader that never reads does not hold the process past the cutoff',
    async run(subject) {
      await using server = await startServer(subject, { options: brief })
      const client = await server.connect()
      void client.request('GET', '/big?mb=30')
      await client.head()
      client.pause()
      server.signal()
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 1, report: { clean: false } })
      expect(exit.ownMs).toBeLessThan(brief.gracePeriod)
      expect(exit.report.cut).toEqual([expect.objectContaining({ method: 'GET', path: '/big' })])
    },
  },
  {
    name: 'the exit code after a cut is the one that was asked for',
    async run(subject) {
      await using server = await startServer(subject, { options: { ...brief, forcedExitCode: 7 } })
      const client = await server.connect()
      void client.request('GET', '/hang')
      await server.line('hanging')
      server.signal()
      expect(await server.exited()).toMatchObject({ code: 7, report: { exitCode: 7 } })
    },
  },
  {
    name: 'an upgraded socket that nobody attached is left alone, gets FIN at the cutoff and is named',
    needs: 'upgrade',
    async run(subject) {
      await using server = await startServer(subject, { options: brief })
      const client = await server.connect()
      void client.request('GET', '/echo', { headers: { Connection: 'Upgrade', Upgrade: 'echo' } })
      await client.receives('101 Switching')
      server.signal()
      await server.refusing()
      await client.send('still there?')
      await client.receives('still there?')
      expect(await client.closed).toBe('fin')
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 1, report: { clean: false } })
      expect(exit.report.cut).toEqual([expect.objectContaining({ kind: 'upgraded', path: '/echo' })])
    },
  },
  {
    name: 'an upgraded socket whose handler listens to the signal ends cleanly',
    needs: 'upgrade',
    async run(subject) {
      await using server = await startServer(subject, { options: brief })
      const client = await server.connect()
      void client.request('GET', '/echo-until-signal', {
        headers: { Connection: 'Upgrade', Upgrade: 'echo' },
      })
      await client.receives('101 Switching')
      server.signal()
      await client.receives('goodbye')
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
    },
  },
]
