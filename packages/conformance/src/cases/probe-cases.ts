import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { patient, quick, roomy } from '../drain-options.js'
import { type ForkedServer, startServer } from '../forked-server.js'
import { holdByUpload } from '../held-upload.js'
import { isProbeAnswer, probeTargets } from '../probe-targets.js'
import type { BehaviourCase } from '../server-under-test.js'

/** One connection for each probe: while draining, an answer may be the last one of its connection. */
async function statuses(server: ForkedServer): Promise<Record<string, number>> {
  const answers: Record<string, number> = {}
  for (const probe of ['startupz', 'readyz', 'livez']) {
    const client = await server.connect()
    answers[probe] = (await client.get(`/${probe}`)).status
    client.destroy()
  }
  return answers
}

export const probeCases: readonly BehaviourCase[] = [
  {
    name: 'while starting, only liveness is green; when ready, all are',
    needs: 'slow-start',
    async run(subject) {
      await using server = await startServer(subject, { options: quick, startup: 4000 })
      expect(await statuses(server)).toEqual({ startupz: 503, readyz: 503, livez: 200 })
      await server.line('ready')
      expect(await statuses(server)).toEqual({ startupz: 200, readyz: 200, livez: 200 })
    },
  },
  {
    name: 'C2: readiness turns red once, at the trigger, and liveness stays green to the end',
    async run(subject) {
      await using server = await startServer(subject, { options: { ...roomy, linger: 4000 } })
      const release = await holdByUpload(server)
      const late = await Promise.all(Array.from({ length: 6 }, () => server.connect()))
      const seen: number[] = []
      const look = async () => {
        const { readyz = 0 } = await statuses(server)
        if (seen.at(-1) !== readyz) seen.push(readyz)
      }
      for (let round = 0; round < 10; round++) await look()
      server.signal()
      while (server.said('draining').length === 0) await look()
      for (let round = 0; round < 3; round++) await look()
      expect(seen).toEqual([200, 503])
      expect(await statuses(server)).toEqual({ startupz: 200, readyz: 503, livez: 200 })
      await server.refusing()
      for (const [number, client] of late.entries()) {
        const [path, status] = number % 2 === 0 ? ['/livez', 200] : ['/readyz', 503]
        expect(await client.get(String(path))).toMatchObject({ status })
        await sleep(100)
      }
      await release()
      expect(await server.exited()).toMatchObject({ code: 0 })
    },
  },
  {
    name: 'probes answer on open connections after the listener has closed',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      await holdByUpload(server)
      const [live, ready] = [await server.connect(), await server.connect()]
      for (const client of [live, ready]) await client.get('/fast')
      server.signal()
      await server.refusing()
      expect((await live.get('/livez')).status).toBe(200)
      expect((await ready.get('/readyz')).status).toBe(503)
    },
  },
  {
    name: 'C4: a probe says its state in body and headers, is never cached, and answers HEAD',
    async run(subject) {
      await using server = await startServer(subject, { options: roomy })
      const client = await server.connect()
      const ready = await client.get('/readyz?from=test')
      expect(JSON.parse(ready.text)).toMatchObject({ status: 'ok', state: 'ready' })
      expect(ready.headers).toMatchObject({ 'cache-control': 'no-store', 'lifecycle-state': 'ready' })
      expect(await client.ask('HEAD', '/livez')).toMatchObject({ status: 200, text: '' })
      server.signal()
      await server.draining()
      const draining = await client.get('/readyz')
      expect(JSON.parse(draining.text)).toMatchObject({ status: 'unavailable', state: 'draining' })
      expect(draining.headers).toMatchObject({ 'cache-control': 'no-store', 'lifecycle-state': 'draining' })
    },
  },
  {
    name: 'other methods and near misses of a probe path belong to the application',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const client = await server.connect()
      expect((await client.ask('POST', '/livez', { body: '' })).status).toBe(404)
      const answered: Record<string, boolean> = {}
      for (const target of Object.keys(probeTargets)) {
        // Some applications close behind a target that they cannot read.
        const own = await server.connect()
        answered[target] = isProbeAnswer(await own.get(target))
      }
      expect(answered).toEqual(probeTargets)
      const another = await server.connect()
      expect((await another.get('/fast?path=/livez')).text).toBe('fast')
    },
  },
  {
    name: 'C7: probe paths can be changed, and left out',
    async run(subject) {
      await using moved = await startServer(subject, {
        options: { ...quick, probes: { readyz: '/health/ready' } },
      })
      const client = await moved.connect()
      expect((await client.get('/health/ready')).status).toBe(200)
      expect((await client.get('/readyz')).status).toBe(404)
      expect((await client.get('/livez')).status).toBe(200)
      await using without = await startServer(subject, { options: { ...quick, probes: false } })
      expect(await statuses(without)).toEqual({ startupz: 404, readyz: 404, livez: 404 })
    },
  },
  {
    name: 'a pipelined probe does not overtake, and a request behind it is answered',
    async run(subject) {
      await using server = await startServer(subject, { options: quick })
      const client = await server.connect()
      for (const path of ['/slow?ms=200', '/livez', '/fast']) void client.request('GET', path)
      expect((await client.response()).text).toBe('slow')
      expect(JSON.parse((await client.response()).text)).toMatchObject({ status: 'ok' })
      expect((await client.response()).text).toBe('fast')
    },
  },
  {
    name: 'an answered probe whose body never comes holds no drain',
    async run(subject) {
      await using server = await startServer(subject, { options: patient })
      const clients = [await server.connect(), await server.connect()]
      for (const client of clients) {
        void client.send(`GET /readyz HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n`)
        expect((await client.response()).status).toBe(200)
      }
      server.signal()
      // With these Node does not take them for idle yet, and leaves them to the drain.
      for (const client of clients) void client.send('12')
      expect(await Promise.all(clients.map(({ closed }) => closed))).toEqual(['fin', 'fin'])
      expect(await server.exited()).toMatchObject({
        code: 0,
        report: { clean: true, cut: [], connections: { idle: 2 } },
      })
      expect(server.said('cutoff')).toEqual([])
    },
  },
]
