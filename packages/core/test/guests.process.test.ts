import { setTimeout as sleep } from 'node:timers/promises'
import { type ForkedServer, quick } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { startScenario } from './scenarios/start-scenario.js'

const noGzip = Buffer.alloc(200_000, 'x')
const options = quick
const paths = ['/no-socket', '/no-request', '/other-socket', '/no-listeners', '/no-headers', '/no-url']

const clean = { code: 0, report: { clean: true, cut: [] } }
/** It left as soon as the work was over, long before the cutoff. */
const soon = 15_000

async function leaves(server: ForkedServer): Promise<void> {
  const exit = await server.exited(30_000)
  expect(exit).toMatchObject(clean)
  expect(exit.ownMs).toBeLessThan(soon)
}

describe.concurrent('what an application has done to the objects of Node', () => {
  test.each(paths)(
    '%s: neither ends the process nor holds the drain, answered before the trigger',
    {
      timeout: 60_000,
    },
    async (path) => {
      await using server = await startScenario('guests', { options })
      const client = await server.connect()
      expect(await client.get(path)).toMatchObject({ status: 200, text: 'fine' })
      expect(await client.get('/untouched')).toMatchObject({ status: 200 })
      server.signal()
      await leaves(server)
    },
  )

  test.each(paths)(
    '%s: the same for a request in flight at the trigger, and one while draining',
    {
      timeout: 60_000,
    },
    async (path) => {
      await using server = await startScenario('guests', { options: { ...options, shutdownDelay: 2000 } })
      const [before, meanwhile] = [await server.connect(), await server.connect()]
      expect(await meanwhile.get('/untouched')).toMatchObject({ status: 200 })
      const answer = before.get(`${path}?ms=1000`)
      await server.line('asked')
      server.signal()
      await server.draining()
      expect(await meanwhile.get(path)).toMatchObject({ status: 200, headers: { connection: 'close' } })
      expect(await answer).toMatchObject({ status: 200, headers: { connection: 'close' } })
      await leaves(server)
    },
  )

  test('a response that nobody can write to does not keep others from their answer at the cutoff', {
    timeout: 60_000,
  }, async () => {
    await using server = await startScenario('guests', { options: { ...quick, gracePeriod: 5000 } })
    const [frozen, hanging] = [await server.connect(), await server.connect()]
    void frozen.get('/frozen-end?hangs').catch(() => {})
    await server.until(() => server.said('asked').includes('/frozen-end'), 15_000, 'not asked')
    const answer = hanging.get('/no-url?hangs')
    await server.until(() => server.said('asked').includes('/no-url'), 15_000, 'not asked')
    server.signal()
    expect(await answer).toMatchObject({ status: 503 })
    const { report } = await server.exited(30_000)
    expect(report.cut.map(({ path, method }) => `${method} ${path}`).sort()).toEqual([
      'GET /frozen-end',
      'GET /no-url',
    ])
  })

  test('an upload whose pipeline failed half way, with the rest to come, is answered and read to its end', {
    timeout: 60_000,
  }, async () => {
    await using server = await startScenario('guests', { options: { ...options, shutdownDelay: 2000 } })
    const [before, meanwhile, later] = [
      await server.connect(),
      await server.connect(),
      await server.connect(),
    ]
    for (const [client, path] of [
      [before, '/gunzip'],
      [later, '/answered-first'],
    ] as const) {
      void client.request('POST', path, { headers: { 'Content-Length': 2 * noGzip.length } })
      void client.send(noGzip)
      await client.response()
    }
    await server.line('destroyed')
    expect(await meanwhile.get('/untouched')).toMatchObject({ status: 200 })
    server.signal()
    await server.draining()
    void meanwhile.request('POST', '/gunzip', { headers: { 'Content-Length': 2 * noGzip.length } })
    void meanwhile.send(noGzip)
    expect(await meanwhile.response()).toMatchObject({ status: 400 })
    for (const client of [before, meanwhile, later]) {
      void client.send(noGzip)
      expect(await client.get('/untouched')).toMatchObject({ status: 200, headers: { connection: 'close' } })
    }
    await leaves(server)
  })

  test('the same where the body is whole', { timeout: 60_000 }, async () => {
    await using server = await startScenario('guests', { options })
    const client = await server.connect()
    expect(await client.ask('POST', '/gunzip', { body: noGzip })).toMatchObject({ status: 400 })
    server.signal()
    await server.draining()
    expect(await client.get('/untouched')).toMatchObject({ status: 200, headers: { connection: 'close' } })
    await leaves(server)
  })

  test.each(['/gunzip', '/answered-first'])('over HTTP/2: %s', { timeout: 60_000 }, async (path) => {
    await using server = await startScenario('guests', {
      options: { ...options, shutdownDelay: 2000 },
      protocol: 'h2c',
      env: { SUBJECT_HTTP2: '1' },
    })
    const session = await server.session()
    const [before, meanwhile] = [session.open('POST', path), session.open('POST', path)]
    void before.send(noGzip)
    await before.head
    server.signal()
    await server.draining()
    void meanwhile.send(noGzip)
    await meanwhile.head
    await sleep(200)
    for (const { stream } of [before, meanwhile]) stream.end(noGzip)
    expect((await before.response()).body.length).toBeGreaterThan(0)
    expect((await meanwhile.response()).body.length).toBeGreaterThan(0)
    await leaves(server)
  })

  test('requests that are emitted by hand, with a fake socket or none, are served and hold nothing', {
    timeout: 60_000,
  }, async () => {
    await using server = await startScenario('guests', { options })
    server.child.kill('SIGUSR2')
    await server.line('emitted')
    expect(server.said('byHand')[0]).toEqual(['HTTP/1.1 200 OK', 'HTTP/1.1 200 OK', 'HTTP/1.1 200 OK'])
    server.signal()
    await leaves(server)
  })

  test('an upgraded socket without listeners is waited for no longer than it is open', {
    timeout: 60_000,
  }, async () => {
    await using server = await startScenario('guests', { options })
    const client = await server.connect()
    void client.send('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
    await client.receives('101')
    client.reset()
    await client.closed
    await sleep(100)
    server.signal()
    await leaves(server)
  })
})
