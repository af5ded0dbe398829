import { once } from 'node:events'
import type { IncomingHttpHeaders } from 'node:http2'
import { expect } from 'vitest'
import { patient, quick, roomy } from '../drain-options.js'
import { type ForkedServer, startServer } from '../forked-server.js'
import type { Http2Client } from '../http2-client.js'
import { isProbeAnswer, probeTargets } from '../probe-targets.js'
import type { BehaviourCase } from '../server-under-test.js'

async function statuses(session: Http2Client): Promise<Record<string, number>> {
  const answers: Record<string, number> = {}
  for (const probe of ['startupz', 'readyz', 'livez']) {
    answers[probe] = (await session.get(`/${probe}`)).status
  }
  return answers
}

/** Enough requests to make the rate of the last minute say that two quiet seconds mean something. */
async function steadyTraffic(server: ForkedServer): Promise<void> {
  const session = await server.session()
  for (let round = 0; round < 20; round++) {
    await Promise.all(Array.from({ length: 20 }, () => session.get('/fast')))
  }
  session.destroy()
}

export const http2ProbeCases: readonly BehaviourCase[] = [
  {
    name: 'while starting, only liveness is green; when ready, all are',
    needs: 'slow-start',
    async run(subject) {
      await using server = await startServer(subject, { options: quick, startup: 4000 })
      const session = await server.session()
      expect(await statuses(session)).toEqual({ startupz: 503, readyz: 503, livez: 200 })
      await server.line('ready')
      expect(await statuses(session)).toEqual({ startupz: 200, readyz: 200, livez: 200 })
    },
  },
  {
    name: 'readiness turns red once, at the trigger, and liveness stays green, on open and on new sessions',
    async run(subject) {
      await using server = await startServer(subject, { options: { ...roomy, shutdownDelay: 8000 } })
      const session = await server.session()
      const seen: number[] = []
      const look = async () => {
        const { readyz = 0 } = await statuses(session)
        if (seen.at(-1) !== readyz) seen.push(readyz)
      }
      for (let round = 0; round < 8; round++) await look()
      server.signal()
      while (server.said('draining').length === 0) await look()
      for (let round = 0; round < 3; round++) await look()
      expect(seen).toEqual([200, 503])
      expect(await statuses(await server.session())).toEqual({ startupz: 200, readyz: 503, livez: 200 })
    },
  },
  {
    name: 'a probe says its state in body and headers, is never cached, and answers HEAD; other methods fall through',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const session = await server.session()
      const ready = await session.get('/readyz?from=test')
      expect(JSON.parse(ready.text)).toMatchObject({ status: 'ok', state: 'ready' })
      expect(ready.headers).toMatchObject({ 'cache-control': 'no-store', 'lifecycle-state': 'ready' })
      expect(await session.ask('HEAD', '/livez')).toMatchObject({ status: 200, text: '' })
      expect((await session.ask('POST', '/livez', { body: '' })).status).toBe(404)
      // An absolute form is no `:path` (RFC 9113 §8.3.1): Node's HTTP/2 refuses it.
      const targets = Object.entries(probeTargets).filter(([target]) => target.startsWith('/'))
      const answered: Record<string, boolean> = {}
      for (const [target] of targets) answered[target] = isProbeAnswer(await session.get(target))
      expect(answered).toEqual(Object.fromEntries(targets))
      expect((await session.get('/fast?path=/livez')).text).toBe('fast')
    },
  },
  {
    name: 'probes do not keep an adaptive window open, and are not counted',
    async run(subject) {
      const options = { ...quick, shutdownDelay: { min: 300, max: 14_000 } }
      await using server = await startServer(subject, { options })
      await steadyTraffic(server)
      server.signal()
      await server.draining()
      for (;;) {
        const session = await server.session().catch(() => undefined)
        if (session === undefined) break
        await session.get('/readyz').catch(() => {})
        await session.ask('GET', '/fast', { headers: { 'user-agent': 'kube-probe/1.33' } }).catch(() => {})
        session.destroy()
      }
      const exit = await server.exited()
      expect(exit.code).toBe(0)
      expect(exit.report.durations['window']).toBeGreaterThan(2900)
      expect(exit.report.durations['window']).toBeLessThan(7000 + server.withheld())
    },
  },
  {
    name: 'an adaptive window is extended while new sessions still ask',
    async run(subject) {
      const options = { ...quick, shutdownDelay: { min: 300, max: 2000 } }
      await using server = await startServer(subject, { options })
      await steadyTraffic(server)
      server.signal()
      await server.draining()
      while (server.sinceSignal() < 3000) {
        const session = await server.session()
        expect((await session.get('/fast')).status).toBe(200)
        session.destroy()
      }
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 0, report: { clean: true } })
      expect(exit.report.durations['window']).toBeGreaterThan(3000)
    },
  },
  {
    name: 'an answered probe whose body never comes, or whose answer is not read, holds no drain',
    async run(subject) {
      await using server = await startServer(subject, { options: patient })
      const unread = () => server.session({ settings: { initialWindowSize: 0 } })
      const asked = [
        [await server.session(), 'GET', false],
        [await server.session(), 'HEAD', false],
        [await unread(), 'GET', true],
        [await unread(), 'GET', false],
      ] as const
      for (const [{ session }, method, endStream] of asked) {
        const probe = session.request({ ':method': method, ':path': '/readyz' }, { endStream })
        probe.on('error', () => {}).resume()
        const [head] = (await once(probe, 'response')) as [IncomingHttpHeaders]
        expect(head[':status']).toBe(200)
      }
      const taken = await unread()
      const probe = taken.session.request({ ':path': '/readyz' })
      await once(probe, 'response')
      probe.close(0)
      server.signal()
      await Promise.all([taken, ...asked.map(([session]) => session)].map(({ closed }) => closed))
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
      expect(server.said('cutoff')).toEqual([])
    },
  },
]
