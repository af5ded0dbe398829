import { setTimeout as sleep } from 'node:timers/promises'
import { quick } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { startScenario } from './scenarios/start-scenario.js'

const options = { ...quick, platform: 'kubernetes', gracePeriod: 30_000, shutdownDelay: 10_000, linger: 8000 }

describe.concurrent('a worker of node:cluster', { timeout: 60_000 }, () => {
  const calls = [
    ['the primary', async (_leave: () => Promise<unknown>, tell: () => void) => tell()],
    ['itself', async (leave: () => Promise<unknown>) => void (await leave())],
  ] as const
  for (const [who, disconnect] of calls) {
    test(`whose disconnect() is called by ${who} drains as at a signal, and leaves with 0`, async () => {
      await using server = await startScenario('cluster-worker', { options })
      const [slow, last] = [await server.connect(), await server.connect()]
      await last.get('/fast')
      const answer = slow.get('/slow?ms=600')
      await sleep(100)
      await disconnect(
        () => last.get('/leave'),
        () => server.signal('SIGUSR2'),
      )
      last.destroy()
      await server.line('draining')
      expect(await answer).toMatchObject({ status: 200, text: 'slow', headers: { connection: 'close' } })
      expect(await server.line('left')).toEqual({ left: 0, voluntarily: true })
      expect(server.said('report')).toEqual([
        expect.objectContaining({ clean: true, reason: 'worker.disconnect()', exitCode: 0 }),
      ])
      await server.exited()
    })
  }

  test('whose primary is gone finishes what is in flight, and then leaves', async () => {
    await using server = await startScenario('cluster-worker', { options })
    const slow = await server.connect()
    const answer = slow.get('/slow?ms=600')
    await sleep(100)
    server.signal('SIGKILL')
    expect(await answer).toMatchObject({ status: 200, text: 'slow', headers: { connection: 'close' } })
    await server.exited()
    expect(server.said('report')).toEqual([
      expect.objectContaining({ clean: true, reason: 'end of the primary', exitCode: 0 }),
    ])
  })
})
