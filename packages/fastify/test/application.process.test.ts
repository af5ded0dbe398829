import { setTimeout as sleep } from 'node:timers/promises'
import { quick, RawClient, startScript } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { startScenario } from './scenarios/start-scenario.js'

const long = { ...quick, shutdownDelay: 4000, linger: 4000 }

describe.concurrent('app.close() by the application', { timeout: 120_000 }, () => {
  for (const way of ['close', 'child', 'dispose', 'twice']) {
    test(`drains first, without window or linger, and leaves the process alive (${way})`, async () => {
      await using server = await startScenario('close-by-the-application', {
        options: long,
        env: { WAY: way },
      })
      const [busy, idle] = [await server.connect(), await server.connect()]
      await idle.get('/slow?ms=0')
      const slow = busy.get('/slow?ms=900')
      await sleep(150)
      server.signal('SIGUSR2')
      expect(await slow).toMatchObject({ status: 200, text: 'slow', headers: { connection: 'close' } })
      expect(await idle.closed).toBe('fin')
      expect(await server.line('closed')).toEqual({ closed: 'stopped', listeners: 0 })
      expect(server.ownSinceSignal()).toBeLessThan(3500)
      expect(server.said('event')).toEqual(['answered', 'answered', 'preClose', 'onClose'])
      await sleep(200)
      expect(server.child.exitCode).toBe(null)
    })
  }
})

describe.concurrent('a signal', { timeout: 120_000 }, () => {
  test('drains before fastify.close(): nobody is answered with 503, and onClose hooks find no request', async () => {
    await using server = await startScenario('hooks-on-close', { options: { ...quick, shutdownDelay: 800 } })
    const [busy, idle] = [await server.connect(), await server.connect()]
    await idle.get('/slow?ms=0')
    const slow = busy.get('/slow?ms=1500')
    await sleep(100)
    server.signal()
    await server.draining()
    const newcomer = await server.connect()
    expect(await newcomer.get('/slow?ms=10')).toMatchObject({ status: 200, text: 'open' })
    await server.refusing()
    expect(await idle.get('/slow?ms=10')).toMatchObject({ status: 200, text: 'open' })
    expect(await slow).toMatchObject({ status: 200, text: 'open', headers: { connection: 'close' } })
    expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
    expect(server.said('event').slice(-3)).toEqual(['onStop', 'preClose', 'onClose'])
    expect(server.said('event').slice(0, -3)).toEqual(
      Array.from({ length: 4 }, () => 'answered, database open'),
    )
  })

  for (const [hook, outcome] of [
    ['throws', 'failed'],
    ['hangs', 'timed-out'],
  ] as const) {
    test(`ends with 1 when an onClose hook ${hook}, in time, and the report says so`, async () => {
      const options = { ...quick, gracePeriod: 5000 }
      await using server = await startScenario('hooks-on-close', { options, env: { HOOK: hook } })
      server.signal()
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 1, report: { clean: false } })
      expect(exit.ownMs).toBeLessThan(options.gracePeriod)
      expect(exit.report.hooks.map((each) => each.outcome).sort()).toEqual(['done', outcome].sort())
    })
  }

  test('is logged through app.log', async () => {
    await using server = await startScenario('authenticated', { options: quick })
    server.signal()
    await server.exited()
    const logged = server.lines.filter((line) => 'level' in line && String(line['msg']).includes('SIGTERM'))
    expect(logged.length).toBeGreaterThan(0)
  })
})

describe.concurrent('servers and probes', { timeout: 120_000 }, () => {
  test('probes answer despite an authenticating hook before the plugin, and stay out of the request log', async () => {
    await using server = await startScenario('authenticated', { options: { ...quick, shutdownDelay: 800 } })
    const client = await server.connect()
    expect((await client.get('/fast')).status).toBe(401)
    expect((await client.get('/livez')).status).toBe(200)
    expect((await client.get('/readyz')).status).toBe(200)
    expect(server.said('injected')).toEqual([401])
    server.signal()
    await server.draining()
    expect((await client.get('/readyz')).status).toBe(503)
    await server.exited()
    const urls = server.said('req').map((request) => (request as { url: string }).url)
    expect(urls.filter((url) => url !== '/livez')).toEqual(['/fast'])
    expect(urls.length).toBeLessThan(3)
  })

  test('both listeners of a localhost with two addresses are drained', async () => {
    await using server = await startScenario('two-addresses', { options: quick })
    expect((server.said('addresses')[0] as string[]).sort()).toEqual(['127.0.0.1', '127.0.0.2'])
    const hosts = ['127.0.0.1', '127.0.0.2']
    const open = async (host: string) => server.adopt(await RawClient.connect({ host, port: server.port }))
    const busy = await Promise.all(hosts.map(open))
    const idle = await Promise.all(hosts.map(open))
    for (const client of idle) await client.get('/fast')
    const slow = busy.map((client) => client.get('/slow?ms=1500'))
    await sleep(100)
    server.signal()
    await server.refusing()
    await expect(open('127.0.0.2')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    for (const answer of slow)
      expect(await answer).toMatchObject({ status: 200, headers: { connection: 'close' } })
    for (const client of [...busy, ...idle]) expect(await client.closed).toBe('fin')
    expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
    expect(server.said('event')).toEqual([
      expect.stringContaining('answered on'),
      expect.stringContaining('answered on'),
      'onClose',
    ])
  })

  test('a serverFactory of the application is drained, too', async () => {
    await using server = await startScenario('server-factory', { options: quick })
    const client = await server.connect()
    expect((await client.get('/readyz')).status).toBe(200)
    const slow = client.get('/slow?ms=900')
    await sleep(100)
    server.signal()
    expect(await slow).toMatchObject({ status: 200, text: 'slow', headers: { connection: 'close' } })
    expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
  })

  test('two applications that share a lifecycle are ready together and drain together', async () => {
    await using server = await startScenario('shared-lifecycle', { options: quick })
    expect(server.said('afterFirst')).toEqual(['starting'])
    const [second] = server.said('second') as number[]
    const clients = [await server.connect(), await server.connect(second)]
    const slow = clients.map((client) => client.get('/slow?ms=900'))
    await sleep(100)
    server.signal()
    for (const answer of slow)
      expect(await answer).toMatchObject({ status: 200, headers: { connection: 'close' } })
    expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
  })
})

describe('applications that tests make and never close', { timeout: 120_000 }, () => {
  test('are collected, but for those that have hooks to run at a signal', async () => {
    await using tests = await startScript(new URL('scenarios/dropped-apps.mjs', import.meta.url), {
      nodeArguments: ['--expose-gc'],
    })
    const kept = (await tests.line('kept'))['kept'] as Record<string, number>
    for (const kind of ['plain', 'injected', 'logged', 'closed']) expect(kept[kind], kind).toBeLessThan(20)
    tests.signal()
    expect((await tests.exited()).code).toBe(0)
    const closing = ['onClose', 'avvio', 'avvio in scope', 'preClose', 'before import'].flatMap((hook) => [
      hook,
      hook,
      hook,
    ])
    expect(tests.said('closing').sort()).toEqual(closing.sort())
  })
})
