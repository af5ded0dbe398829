import { setTimeout as sleep } from 'node:timers/promises'
import { quick } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { startScenario } from './scenarios/start-scenario.js'

const options = { ...quick, platform: 'kubernetes', shutdownDelay: 10_000, linger: 8000 }

describe.concurrent('a worker of node:cluster', { timeout: 120_000 }, () => {
  const calls = [
    ['the primary', async (_leave: () => Promise<unknown>, tell: () => void) => tell()],
    ['itself', async (leave: () => Promise<unknown>) => void (await leave())],
  ] as const
  for (const [who, disconnect] of calls) {
    test(`whose disconnect() is called by ${who} drains as at a signal, and leaves with 0`, async () => {
      await using server = await startScenario('cluster-worker', { options })
      const [slow, idle, last] = [await server.connect(), await server.connect(), await server.connect()]
      await idle.get('/fast')
      await last.get('/fast')
      const answer = slow.get('/slow?ms=600')
      await sleep(100)
      await disconnect(
        () => last.get('/leave'),
        () => server.signal('SIGUSR2'),
      )
      last.destroy()
      await server.line('draining')
      // Nobody has cut the idle connection: it is served one last time.
      expect(await idle.get('/fast')).toMatchObject({ status: 200, headers: { connection: 'close' } })
      expect(await answer).toMatchObject({ status: 200, text: 'slow', headers: { connection: 'close' } })
      expect(await server.line('left')).toEqual({ left: 0, voluntarily: true })
      expect(server.said('report')).toEqual([
        expect.objectContaining({ clean: true, reason: 'worker.disconnect()', exitCode: 0 }),
      ])
      await server.exited()
    })
  }

  const ends = [
    ['whose primary is gone finishes what is in flight, and then leaves', 'end of the primary'],
    ['that drains already goes on when its primary is gone before it', 'SIGTERM'],
  ] as const
  for (const [title, reason] of ends) {
    test(title, async () => {
      await using server = await startScenario('cluster-worker', {
        options: { ...options, shutdownDelay: 100 },
      })
      const slow = await server.connect()
      // By now it is the worker's.
      await slow.get('/fast')
      const answer = slow.get('/slow?ms=900')
      await sleep(100)
      if (reason === 'SIGTERM') {
        process.kill(server.said('worker')[0] as number, reason)
        await server.line('draining')
      }
      server.signal('SIGKILL')
      expect(await answer).toMatchObject({ status: 200, text: 'slow', headers: { connection: 'close' } })
      await server.exited()
      expect(server.said('report')).toEqual([expect.objectContaining({ clean: true, reason, exitCode: 0 })])
    })
  }
})
