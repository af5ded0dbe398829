import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { quick, roomy } from '../drain-options.js'
import { type ForkedServer, startServer } from '../forked-server.js'
import { holdByUpload } from '../held-upload.js'
import type { RawClient } from '../raw-client.js'
import type { BehaviourCase } from '../server-under-test.js'

/** What those that probe and route nobody send: the kubelet, Knative's activator, autoscaler and ingress, Istio. */
const proberHeaders = [
  { 'User-Agent': 'kube-probe/1.33' },
  { 'User-Agent': 'Knative-Activator-Probe' },
  { 'User-Agent': 'Knative-Autoscaling-Probe' },
  { 'User-Agent': 'Knative-Ingress-Probe' },
  { 'K-Network-Probe': 'queue' },
  { 'K-Kubelet-Probe': 'kube-probe' },
]

const adaptive = { ...quick, shutdownDelay: { min: 300, max: 3000 } } as const

export const windowCases: readonly BehaviourCase[] = [
  {
    name: "late: 'reject' answers what arrives after the window with 503, and still finishes what was in flight",
    async run(subject) {
      const options = { ...roomy, linger: 2000, late: 'reject' }
      await using server = await startServer(subject, { options })
      const clients = await Promise.all(Array.from({ length: 3 }, () => server.connect()))
      for (const client of clients) await client.get('/fast')
      const [inWindow, inLinger, late] = clients as [RawClient, RawClient, RawClient]
      const release = await holdByUpload(server)
      server.signal()
      await server.draining()
      expect((await inWindow.get('/fast')).status).toBe(200)
      const expectRejected = async (client: RawClient) => {
        const rejected = await client.get('/mark?id=late')
        expect(rejected).toMatchObject({ status: 503, headers: { connection: 'close' } })
        expect(Number(rejected.headers['retry-after'])).toBeGreaterThanOrEqual(0)
        expect(await client.closed).toBe('fin')
      }
      const newcomer = async () => (await (await server.connect()).get('/fast')).status
      while ((await newcomer().catch(() => 'refused')) === 200) await sleep(100)
      await expectRejected(inLinger)
      await server.refusing()
      await expectRejected(late)
      await release()
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
      expect(server.said('ran')).toEqual([])
    },
  },
  {
    name: "C7: readinessDuringDrain: 'keep' leaves readiness green until the window is over",
    async run(subject) {
      const options = { ...roomy, readinessDuringDrain: 'keep' }
      await using server = await startServer(subject, { options })
      const [prober, late] = [await server.connect(), await server.connect()]
      await late.get('/fast')
      const release = await holdByUpload(server)
      server.signal()
      await server.draining()
      expect((await prober.get('/readyz')).status).toBe(200)
      await server.refusing()
      expect((await late.get('/readyz')).status).toBe(503)
      await release()
      expect((await server.exited()).code).toBe(0)
    },
  },
  {
    name: 'A4: an adaptive window ends when nobody connects any more; probes do not keep it open',
    async run(subject) {
      const shutdownDelay = { min: 300, max: 14_000 }
      await using server = await startServer(subject, { options: { ...adaptive, shutdownDelay } })
      await steadyTraffic(server)
      server.signal()
      await server.draining()
      const probe = async (headers: Record<string, string>) => {
        const client = await server.connect()
        await client.ask('GET', '/fast', { headers })
        client.destroy()
      }
      let rounds = 0
      while (
        (await Promise.allSettled(proberHeaders.map(probe))).some(({ status }) => status === 'fulfilled')
      ) {
        rounds++
        await sleep(100)
      }
      const exit = await server.exited()
      expect(exit.code).toBe(0)
      expect(exit.report.durations['window']).toBeGreaterThan(2900)
      expect(exit.report.durations['window']).toBeLessThan(7000 + server.withheld())
      expect(rounds).toBeGreaterThan(0)
    },
  },
  {
    name: 'A4: a trickle of new connections keeps an adaptive window open up to its max and beyond, and the log says so',
    async run(subject) {
      await using server = await startServer(subject, { options: adaptive })
      await steadyTraffic(server)
      server.signal()
      await server.draining()
      const statuses = new Set<number>()
      while (server.sinceSignal() < adaptive.shutdownDelay.max + 1500) {
        const client = await server.connect()
        statuses.add((await client.get('/fast')).status)
        client.destroy()
        await sleep(150)
      }
      expect([...statuses]).toEqual([200])
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 0, report: { clean: true } })
      expect(exit.report.durations['window']).toBeGreaterThan(adaptive.shutdownDelay.max + 1500)
      expect(exit.stdout + exit.stderr).toContain('extended')
    },
  },
]

/** Enough requests to make the rate of the last minute say that three quiet seconds mean something. */
async function steadyTraffic(server: ForkedServer): Promise<void> {
  const client = await server.connect()
  for (let number = 0; number < 400; number++) void client.request('GET', '/fast')
  for (let number = 0; number < 400; number++) await client.response()
  client.destroy()
}
