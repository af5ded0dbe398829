import { setTimeout as sleep } from 'node:timers/promises'
import { status } from '@grpc/grpc-js'
import { brief } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { startScenario } from './scenarios/start-scenario.js'
import { WorkClient } from './work-client.js'

for (const channelz of ['on', 'off']) {
  const env = { CHANNELZ: channelz }

  describe.concurrent(`at the cutoff, channelz ${channelz}`, { timeout: 120_000 }, () => {
    test('a unary call that hangs gets UNAVAILABLE and is named in the report; the exit is in time', async () => {
      await using server = await startScenario('serve', { options: brief, env })
      using client = new WorkClient(server.port)
      const hanging = client.unary('Hang')
      await server.line('hanging')
      server.signal()
      await expect(hanging).rejects.toMatchObject({
        code: status.UNAVAILABLE,
        details: 'the server is going away',
      })
      const { code, ownMs, report } = await server.exited()
      expect({ code, clean: report.clean, cut: report.requests.cut }).toEqual({
        code: 1,
        clean: false,
        cut: 1,
      })
      expect(report.cut).toEqual([
        { kind: 'grpc', path: '/test.Work/Hang', age: expect.any(Number), remoteAddress: '127.0.0.1' },
      ])
      expect(ownMs).toBeLessThan(brief.gracePeriod)
    })

    test('an endless stream is ended with UNAVAILABLE, behind everything that was written to it', async () => {
      await using server = await startScenario('serve', { options: brief, env })
      using client = new WorkClient(server.port)
      const stream = client.count()
      await stream.atLeast(1)
      server.signal()
      expect(await stream.status).toMatchObject({ code: status.UNAVAILABLE })
      expect(stream.messages).toEqual(stream.messages.map((_, i) => ({ n: i + 1 })))
      const { code, ownMs, report } = await server.exited()
      expect(code).toBe(1)
      expect(report.cut).toMatchObject([{ kind: 'grpc', path: '/test.Work/Count' }])
      expect(report.cut[0]?.age).toBeGreaterThan(2000)
      expect(ownMs).toBeLessThan(brief.gracePeriod)
      expect(server.said('cancelled')).toEqual(['/test.Work/Count'])
    })

    test('a client that reads nothing cannot hold the process', async () => {
      await using server = await startScenario('serve', { options: brief, env })
      using client = new WorkClient(server.port)
      const stream = client.chat()
      stream.call.pause()
      for (let i = 0; i < 200; i++) stream.call.write({ text: 'x'.repeat(20_000) })
      await sleep(300)
      server.signal()
      const { code, ownMs } = await server.exited()
      expect(code).toBe(1)
      expect(ownMs).toBeLessThan(brief.gracePeriod)
    })

    test('a handler that waits for the cutoff still gets its answer out', async () => {
      await using server = await startScenario('serve', { options: brief, env })
      using client = new WorkClient(server.port)
      const last = client.unary('LastWords')
      await server.line('hanging')
      server.signal()
      expect(await last).toEqual({ text: 'last words' })
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
    })
  })
}
