import { setTimeout as sleep } from 'node:timers/promises'
import { status } from '@grpc/grpc-js'
import { delayedRelay, quick } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { startScenario } from './scenarios/start-scenario.js'
import { WorkClient } from './work-client.js'

const clean = { code: 0, report: { clean: true, cut: [] } }
/** A grace period that no case needs: who waits for its end has hung. */
const patient = quick

for (const channelz of ['on', 'off']) {
  const env = { CHANNELZ: channelz }

  describe.concurrent(`calls in flight when SIGTERM arrives, channelz ${channelz}`, {
    timeout: 120_000,
  }, () => {
    test('C5: a long unary call is answered; readiness NOT_SERVING, liveness SERVING, Watches told', async () => {
      await using server = await startScenario('serve', { options: { ...patient, shutdownDelay: 1000 }, env })
      using client = new WorkClient(server.port)
      const watches = ['', 'test.Work', 'readiness'].map((name) => client.watch(name))
      const alive = client.watch('liveness')
      await Promise.all([alive, ...watches].map((each) => each.atLeast(1)))
      const slow = client.answer(3000)
      await sleep(100)
      server.signal()
      await server.draining()
      using other = new WorkClient(server.port)
      for (const service of ['', 'test.Work', 'readiness']) {
        expect(await other.check(service)).toBe('NOT_SERVING')
      }
      for (const service of ['liveness', 'startup']) expect(await other.check(service)).toBe('SERVING')
      expect(await slow).toEqual({ text: 'answer' })
      for (const watch of watches) {
        expect(watch.messages).toEqual([{ status: 'SERVING' }, { status: 'NOT_SERVING' }])
        expect(await watch.status).toMatchObject({ code: status.OK })
      }
      expect(alive.messages).toEqual([{ status: 'SERVING' }])
      expect(await server.exited()).toMatchObject(clean)
      expect(server.ownSinceSignal()).toBeLessThan(5000)
    })

    test('a server stream is sent to its end', async () => {
      await using server = await startScenario('serve', { options: patient, env })
      using client = new WorkClient(server.port)
      const stream = client.count({ upTo: 60, every: 25 })
      await stream.atLeast(5)
      server.signal()
      expect(await stream.status).toMatchObject({ code: status.OK })
      expect(stream.messages).toHaveLength(60)
      expect(await server.exited()).toMatchObject(clean)
    })

    test('a client stream is received to its end and answered', async () => {
      await using server = await startScenario('serve', { options: patient, env })
      using client = new WorkClient(server.port)
      const { call, answer } = client.sum()
      call.write({ n: 1 })
      await sleep(100)
      server.signal()
      await server.refusing()
      call.write({ n: 2 })
      await sleep(100)
      call.write({ n: 3 })
      call.end()
      expect(await answer).toEqual({ sum: 6 })
      expect(await server.exited()).toMatchObject(clean)
    })

    test('a bidirectional stream goes on both ways until its client ends it', async () => {
      await using server = await startScenario('serve', { options: patient, env })
      using client = new WorkClient(server.port)
      const chat = client.chat()
      chat.call.write({ n: 1 })
      await chat.atLeast(1)
      server.signal()
      await server.refusing()
      chat.call.write({ n: 2 })
      await chat.atLeast(2)
      chat.call.end()
      expect(await chat.status).toMatchObject({ code: status.OK })
      expect(chat.messages).toEqual([{ n: 1 }, { n: 2 }])
      expect(await server.exited()).toMatchObject(clean)
    })

    test('an endless stream ends itself on the signal', async () => {
      await using server = await startScenario('serve', { options: patient, env })
      using client = new WorkClient(server.port)
      const stream = client.count({ until: 'signal' })
      await stream.atLeast(3)
      server.signal()
      expect(await stream.status).toMatchObject({ code: status.OK })
      expect(await server.exited()).toMatchObject(clean)
      expect(server.ownSinceSignal()).toBeLessThan(2000)
    })

    test('a call whose deadline passes, and one that its client cancels, are over with that', async () => {
      await using server = await startScenario('serve', { options: patient, env })
      using client = new WorkClient(server.port)
      const late = client.unary('Hang', {}, { deadline: Date.now() + 1200 })
      const stream = client.count()
      await stream.atLeast(1)
      server.signal()
      await server.refusing()
      stream.call.cancel()
      await expect(late).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED })
      expect(await stream.status).toMatchObject({ code: status.CANCELLED })
      expect(await server.exited()).toMatchObject(clean)
      expect(server.ownSinceSignal()).toBeLessThan(3000)
    })

    test('a call whose connection is lost is over with that', async () => {
      await using server = await startScenario('serve', { options: patient, env })
      const relay = await delayedRelay(server.port, 0)
      using client = new WorkClient(relay.port)
      const lost = client.count()
      await lost.atLeast(1)
      server.signal()
      await server.refusing()
      await relay[Symbol.asyncDispose]()
      expect(await server.exited()).toMatchObject(clean)
      expect(server.ownSinceSignal()).toBeLessThan(3000)
    })
  })
}
