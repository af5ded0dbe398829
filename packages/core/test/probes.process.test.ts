import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ForkedServer, type ForkOptions, quick, RawClient, startScript } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { poll, timeNow } from './scenarios/poll.js'

const refused = expect.stringMatching(/ECONNREFUSED|ECONNRESET|without a response/)

/** A service whose probes have a port of their own: the service listens, but need not be ready. */
async function start(env: Record<string, string>, options: ForkOptions['options'] = quick) {
  const server = await startScript(new URL('scenarios/probe-port.mjs', import.meta.url), { options, env })
  const probes = (await server.line('probes'))['probes'] as number
  return { server, probes }
}

async function ask(server: ForkedServer, port: number, path: string) {
  const client = server.adopt(await RawClient.connect({ port }))
  return await client.get(path)
}

describe.concurrent('the probe port', { timeout: 120_000 }, () => {
  test('C1: it answers from SIGTERM until the process is gone, never with 404 and never refused', async () => {
    const { server, probes } = await start({ HOOK: '800' })
    await using _ = server
    await server.line('ready')
    const [live, ready] = [poll(probes, '/livez', 10), poll(probes, '/readyz', 10)]
    const client = await server.connect()
    const slow = client.get('/slow?ms=1200')
    await sleep(200)
    server.signal()
    expect((await slow).status).toBe(200)
    const exit = await server.exited()
    const exitAt = timeNow()
    await Promise.all([live.refused, ready.refused])
    expect(exit).toMatchObject({ code: 0, report: { clean: true } })
    expect(live.statuses()).toEqual([200, refused])
    expect(ready.statuses()).toEqual([200, 503, refused])
    for (const { polled } of [live, ready]) {
      expect(polled.length).toBeGreaterThan(10)
      expect(polled.at(-1)?.at).toBeGreaterThan(exitAt - 100)
    }
  })

  test('C8: traffic stops first, then the slow component, and the status last', async () => {
    const { server, probes } = await start({ HOOK: '800' })
    await using _ = server
    await server.line('ready')
    const [status, traffic] = [poll(probes, '/readyz', 10), poll(server.port, '/fast', 10)]
    const client = await server.connect()
    const slow = client.get('/slow?ms=1200')
    await sleep(100)
    server.signal()
    expect((await slow).text).toBe('slow')
    expect(server.said('component')).toEqual([])
    await server.line('component')
    const stops = timeNow()
    await server.until(() => server.said('component').length === 2, 5000, 'the component does not stop')
    const hasStopped = timeNow()
    await server.exited()
    await Promise.all([status.refused, traffic.refused])
    expect(traffic.statuses()).toEqual([200, refused])
    expect(traffic.polled.filter(({ status }) => status === 200).at(-1)?.at).toBeLessThan(stops)
    const whileStopping = status.polled.filter(({ at }) => at > stops && at < hasStopped)
    expect(whileStopping.length).toBeGreaterThan(2)
    expect(new Set(whileStopping.map((each) => each.status))).toEqual(new Set([503]))
    expect(status.polled.at(-1)).toMatchObject({ status: refused })
    expect(status.polled.at(-1)?.at).toBeGreaterThan(hasStopped)
  })

  test('C7: with a port of their own the paths of the main port belong to the application', async () => {
    const { server, probes } = await start({}, { ...quick, probes: { port: 0, readyz: '/health/ready' } })
    await using _ = server
    await server.line('ready')
    expect((await ask(server, probes, '/health/ready')).status).toBe(200)
    expect((await ask(server, probes, '/readyz')).status).toBe(404)
    for (const path of ['/livez', '/readyz', '/health/ready']) {
      expect((await ask(server, server.port, path)).text).toContain('the application has no')
    }
  })

  test('E2: readiness turns green once and red once, and never back, whatever is signalled', async () => {
    const { server, probes } = await start({ STARTUP: 'database 500', HOOK: '500' })
    await using _ = server
    const readiness = poll(probes, '/readyz', 2)
    const client = await server.connect()
    const slow = client.get('/slow?ms=2400')
    await server.line('ready')
    await sleep(300)
    for (const pause of [0, 100, 700]) {
      await sleep(pause)
      server.signal()
    }
    expect((await slow).status).toBe(200)
    expect((await server.exited()).code).toBe(0)
    await readiness.refused
    expect(readiness.statuses()).toEqual([503, 200, 503, refused])
    expect(readiness.polled.length).toBeGreaterThan(20)
  })
})

describe.concurrent('startup tasks', { timeout: 120_000 }, () => {
  test('D-1: readiness is red until every one is done, although the service listens and serves', async () => {
    const { server, probes } = await start({ STARTUP: 'migrate 900,warm-up 300' })
    await using _ = server
    let early = 0
    for (;;) {
      const { status } = await ask(server, probes, '/readyz')
      const started = server.said('started')
      if (status === 200) break
      expect(status).toBe(503)
      if (started.length === 1) early++
      const startup = (await ask(server, probes, '/startupz')).status
      // What the service has printed may be read later than what it answers.
      if (startup === 200)
        await server.until(() => server.said('started').length === 2, 60_000, 'two tasks done')
      else expect(startup).toBe(503)
      expect((await ask(server, server.port, '/fast')).text).toBe('fast')
      await sleep(20)
    }
    await server.line('ready')
    expect(early).toBeGreaterThan(0)
    expect(server.said('started')).toEqual(['warm-up', 'migrate'])
    expect((await ask(server, probes, '/startupz')).status).toBe(200)
  })

  test('D-2: a port that can be connected to says nothing; readiness says 503 while a startup task is pending', async () => {
    const { server, probes } = await start({ STARTUP: 'migrate 60000' })
    await using _ = server
    await new Promise<void>((resolve, reject) => {
      const tcpProbe = connect(server.port, '127.0.0.1', () => {
        tcpProbe.destroy()
        resolve()
      })
      tcpProbe.once('error', reject)
    })
    const { status, text } = await ask(server, probes, '/readyz')
    expect(status).toBe(503)
    expect(JSON.parse(text)).toMatchObject({ status: 'unavailable', state: 'starting' })
  })
})

describe.concurrent('checks', { timeout: 120_000 }, () => {
  test('A7: 100 readiness probes at the same time run a check once', async () => {
    const { server, probes } = await start({ CHECKS: 'good' })
    await using _ = server
    await server.line('ready')
    const clients = await Promise.all(
      Array.from({ length: 100 }, async () => server.adopt(await RawClient.connect({ port: probes }))),
    )
    const answers = await Promise.all(clients.map((client) => client.get('/readyz')))
    expect(answers.map(({ status }) => status)).toEqual(clients.map(() => 200))
    expect(server.said('checked')).toEqual(['good'])
  })

  for (const bad of ['throws', 'refuses', 'hangs']) {
    test(`C6: a check that ${bad} is a 503 that names it and does not say why`, async () => {
      const { server, probes } = await start({ CHECKS: `good,${bad}` })
      await using _ = server
      await server.line('ready')
      const all = await ask(server, probes, '/readyz')
      expect(all.status).toBe(503)
      expect(JSON.parse(all.text)).toMatchObject({ checks: { good: 'ok', [bad]: 'failed' } })
      const verbose = await ask(server, probes, '/readyz?verbose')
      expect(verbose).toMatchObject({
        status: 503,
        text: expect.stringContaining(`[+]good ok\n[-]${bad} failed\n`),
      })
      expect((await ask(server, probes, '/readyz/good')).status).toBe(200)
      expect((await ask(server, probes, `/readyz/${bad}`)).status).toBe(503)
      expect((await ask(server, probes, `/readyz?exclude=${bad}`)).status).toBe(200)
      expect((await ask(server, probes, '/readyz/unknown')).status).toBe(404)
      expect(all.text + verbose.text).not.toContain('secret')
    })
  }
})
