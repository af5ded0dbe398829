import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { delayedRelay } from '../delayed-relay.js'
import { brief } from '../drain-options.js'
import { type ForkedServer, startServer } from '../forked-server.js'
import { Http2Client, type Http2Exchange } from '../http2-client.js'
import type { BehaviourCase } from '../server-under-test.js'

/** The code of a stream that its server gives up (RFC 9113 §7). */
const cancel = 8

/** Bootstraps another protocol on a stream (RFC 8441), which answers what it is told. */
async function openTunnel(server: ForkedServer, path: string): Promise<Http2Exchange> {
  const session = await server.session()
  const tunnel = session.open('CONNECT', path, {
    ':protocol': 'echo',
    ':scheme': 'http',
    ':authority': 'localhost',
  })
  await tunnel.send('hello')
  await tunnel.receives('hello')
  return tunnel
}

export const http2CutoffCases: readonly BehaviourCase[] = [
  {
    name: 'a stream without an answer gets 503 at the cutoff, is named, and the process is gone before the grace period is over',
    async run(subject) {
      await using server = await startServer(subject, { options: brief })
      const session = await server.session()
      const answer = session.get('/hang?token=secret')
      await server.line('hanging')
      server.signal()
      expect(await answer).toMatchObject({ status: 503, text: 'Service Unavailable' })
      const exit = await server.exited()
      expect(exit.code).toBe(1)
      expect(exit.ownMs).toBeLessThan(brief.gracePeriod)
      expect(exit.report).toMatchObject({ clean: false, requests: { cut: 1 }, connections: { cut: 1 } })
      expect(exit.report.cut).toEqual([
        {
          kind: 'request',
          method: 'GET',
          path: '/hang',
          age: expect.any(Number),
          remoteAddress: '127.0.0.1',
        },
      ])
      expect(exit.report.cut[0]?.age).toBeGreaterThan(1000)
      expect(JSON.stringify(exit.report)).not.toContain('secret')
    },
  },
  {
    name: 'an endless stream is cancelled at the cutoff and named; others on its session finish before',
    async run(subject) {
      await using server = await startServer(subject, { options: brief })
      const session = await server.session()
      const endless = session.open('GET', '/stream?chunks=100000&every=50')
      const slow = session.get('/slow?ms=1200')
      await endless.receives('chunk 1')
      server.signal()
      await server.line('cutoff')
      await expect(endless.response()).rejects.toMatchObject({ code: cancel })
      expect((await slow).text).toBe('slow')
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 1, report: { clean: false, requests: { finished: 1, cut: 1 } } })
      expect(exit.report.cut).toEqual([expect.objectContaining({ method: 'GET', path: '/stream' })])
      expect(exit.ownMs).toBeLessThan(brief.gracePeriod)
    },
  },
  {
    name: 'a stalled upload is answered with 503 at the cutoff and named',
    async run(subject) {
      await using server = await startServer(subject, { options: brief })
      const session = await server.session()
      const upload = session.open('POST', '/upload')
      await upload.send('only this')
      await server.line('uploading')
      server.signal()
      expect((await upload.response()).status).toBe(503)
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 1, report: { clean: false } })
      expect(exit.report.cut).toEqual([expect.objectContaining({ method: 'POST', path: '/upload' })])
    },
  },
  {
    name: 'a handler can still answer when the cutoff signal aborts',
    async run(subject) {
      await using server = await startServer(subject, { options: brief })
      const session = await server.session()
      const answer = session.get('/last-words')
      await server.line('waiting')
      server.signal()
      expect(await answer).toMatchObject({ status: 200, text: 'last words' })
      expect((await server.exited()).ownMs).toBeLessThan(brief.gracePeriod)
    },
  },
  {
    name: 'a reader that never reads does not hold the process past the cutoff, and is named',
    async run(subject) {
      await using server = await startServer(subject, { options: brief })
      await using relay = await delayedRelay(server.port, 0)
      const target = { port: relay.port, protocol: subject.protocol }
      const session = server.adopt(await Http2Client.connect(target))
      const exchange = session.open('GET', '/big?mb=30')
      await exchange.head
      relay.stall()
      await sleep(100)
      server.signal()
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 1, report: { clean: false } })
      expect(exit.ownMs).toBeLessThan(brief.gracePeriod)
      expect(exit.report.cut).toEqual([expect.objectContaining({ method: 'GET', path: '/big' })])
    },
  },
  {
    name: 'a tunnel (RFC 8441) is left alone, ended at the cutoff and named',
    needs: 'streams',
    async run(subject) {
      await using server = await startServer(subject, { options: brief })
      const tunnel = await openTunnel(server, '/tunnel')
      server.signal()
      await server.refusing()
      await sleep(300)
      await tunnel.send('still there?')
      await tunnel.receives('still there?')
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 1, report: { clean: false } })
      expect(exit.report.cut).toEqual([expect.objectContaining({ kind: 'upgraded', path: '/tunnel' })])
    },
  },
  {
    name: 'a tunnel whose handler listens to the signal ends cleanly',
    needs: 'streams',
    async run(subject) {
      await using server = await startServer(subject, { options: brief })
      const tunnel = await openTunnel(server, '/tunnel?until=signal')
      server.signal()
      await tunnel.receives('goodbye')
      tunnel.stream.end()
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
    },
  },
]
