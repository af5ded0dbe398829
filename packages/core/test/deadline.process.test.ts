import { setTimeout as sleep } from 'node:timers/promises'
import { quick, startServer } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { startScenario } from './scenarios/start-scenario.js'

const subject = {
  name: 'node:http',
  script: new URL('subjects/http.mjs', import.meta.url),
  protocol: 'http',
  capabilities: [],
} as const

const knative = { KUBERNETES_SERVICE_HOST: '10.0.0.1', K_REVISION: 'service-00001' }

/** The plan, as the log tells it. */
const planOf = (stderr: string) => {
  const line = stderr.split('\n').find((each) => each.includes('"step":"draining"')) ?? '{}'
  return (JSON.parse(line) as { plan?: Record<string, unknown> }).plan
}

describe.concurrent('the deadline', { timeout: 120_000 }, () => {
  test('A2: with five minutes of grace a request is waited for, and the process leaves with it', async () => {
    await using server = await startServer(subject, { options: { ...quick, gracePeriod: 300_000 } })
    const client = await server.connect()
    const slow = client.get('/slow?ms=6000')
    await sleep(100)
    server.signal()
    expect(await slow).toMatchObject({ status: 200, text: 'slow' })
    const exit = await server.exited()
    expect(exit).toMatchObject({ code: 0, report: { clean: true } })
    expect(exit.ownMs).toBeLessThan(7000)
    expect(planOf(exit.stderr)).toMatchObject({ gracePeriod: 300_000, deadline: 298_000 })
  })

  test('E5: whatever is stuck, all of it at once, the process is gone by itself before the platform would kill it', async () => {
    const options = { ...quick, gracePeriod: 4000 }
    await using server = await startScenario('all-stuck', { options })
    const clients = await Promise.all(Array.from({ length: 5 }, () => server.connect()))
    const [hanging, streaming, uploading, reading, halfway] = clients
    void hanging?.request('GET', '/hang')
    void streaming?.request('GET', '/stream?chunks=100000&every=20')
    void uploading?.request('POST', '/upload', { headers: { 'Content-Length': 1000 } })
    void reading?.request('GET', '/big?mb=30')
    void halfway?.send('GET / HTTP/1.1\r\nHo')
    await reading?.head()
    reading?.pause()
    await server.line('hanging')
    const kill = setTimeout(() => server.child.kill('SIGKILL'), options.gracePeriod)
    server.signal()
    await sleep(1000)
    server.signal()
    const exit = await server.exited()
    clearTimeout(kill)
    expect(exit).toMatchObject({ code: 1, signal: null, report: { clean: false, requests: { cut: 4 } } })
    expect(exit.ownMs).toBeLessThan(options.gracePeriod)
    expect(exit.ms).toBeGreaterThan(options.gracePeriod * 0.8)
    expect(exit.report.cut.map(({ kind }) => kind).sort()).toEqual(['hold', ...Array(4).fill('request')])
    expect(server.said('hook')).toEqual(['database'])
  })

  test('A9: on Knative there is no window, and the budget is the grace period that was given', async () => {
    const env = { ...knative, LAMEDUCK_GRACE_PERIOD: '60000' }
    await using server = await startServer(subject, { env })
    const [busy, idle] = [await server.connect(), await server.connect()]
    await idle.get('/fast')
    const slow = busy.get('/slow?ms=1500')
    await sleep(100)
    server.signal()
    await server.draining()
    expect(await idle.get('/fast')).toMatchObject({ status: 200, headers: { connection: 'close' } })
    expect(await slow).toMatchObject({ status: 200, text: 'slow' })
    const exit = await server.exited()
    expect(exit).toMatchObject({ code: 0, report: { clean: true } })
    expect(exit.ownMs).toBeLessThan(2500)
    expect(exit.report.durations['window']).toBeLessThan(700)
    expect(planOf(exit.stderr)).toMatchObject({
      platform: 'knative',
      gracePeriod: 60_000,
      deadline: 58_000,
      window: { min: 0, max: 0 },
    })
  })

  test('A9: without one, Knative gives five minutes', async () => {
    await using server = await startServer(subject, { env: knative })
    server.signal()
    expect(planOf((await server.exited()).stderr)).toMatchObject({ gracePeriod: 300_000, window: { max: 0 } })
  })
})
