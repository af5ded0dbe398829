import { type ForkedServer, quick, startScript } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'

const script = new URL('scenarios/forgotten-server.mjs', import.meta.url)

const start = (more: Record<string, unknown> = {}, env: Record<string, string> = {}) =>
  startScript(script, { options: { ...quick, ...more }, env })

async function leave(server: ForkedServer) {
  server.signal()
  const { code, report } = await server.exited(30_000)
  return { code, report, warnings: server.said('warned') }
}

describe.concurrent('a server that no lifecycle has', () => {
  test.each(['http', 'http2'])(
    'is warned about once, and stands in the report (%s)',
    { timeout: 60_000 },
    async (kind) => {
      await using server = await start({ forget: [kind] })
      await server.line('warned')
      const { code, report, warnings } = await leave(server)
      expect(warnings).toEqual([
        expect.stringMatching(/^a server listens on 127\.0\.0\.1:\d+ that no lifecycle has/),
      ])
      expect(code).toBe(0)
      expect(report).toMatchObject({ unattached: [expect.stringMatching(/^127\.0\.0\.1:\d+$/)] })
    },
  )

  test('is warned about at the trigger, if nobody was ready before', { timeout: 60_000 }, async () => {
    await using server = await start({ forget: ['http'], neverReady: true })
    expect(server.said('warned')).toEqual([])
    const { warnings } = await leave(server)
    expect(warnings).toEqual([expect.stringContaining('that no lifecycle has')])
  })

  test('is none that speaks something else, listens on a Unix socket, or is for probes', {
    timeout: 60_000,
  }, async () => {
    await using server = await start({ forget: ['tcp', 'unix'], probes: { port: 0, host: '127.0.0.1' } })
    await server.line('ready')
    const { report, warnings } = await leave(server)
    expect(warnings).toEqual([])
    expect(report).not.toHaveProperty('unattached')
  })

  test.each(['VITEST', 'JEST_WORKER_ID', 'NODE_TEST_CONTEXT'])(
    'is not warned about in a test (%s)',
    { timeout: 60_000 },
    async (name) => {
      await using server = await start({ forget: ['http'] }, { [name]: '1' })
      await server.line('ready')
      expect((await leave(server)).warnings).toEqual([])
    },
  )
})

describe.concurrent('a lifecycle that nobody has made ready', () => {
  test('is warned about at the trigger if its server has served', { timeout: 60_000 }, async () => {
    await using server = await start({ neverReady: true })
    const client = await server.connect()
    expect(await client.get('/')).toMatchObject({ status: 200 })
    expect((await leave(server)).warnings).toEqual([
      expect.stringContaining('nobody has called lifecycle.ready()'),
    ])
  })

  test('is none if it was only probed', { timeout: 60_000 }, async () => {
    await using server = await start({ neverReady: true })
    const client = await server.connect()
    expect(await client.get('/readyz')).toMatchObject({ status: 503 })
    expect((await leave(server)).warnings).toEqual([])
  })
})

test('an upgraded socket that no attached server has is warned about at the trigger', {
  timeout: 60_000,
}, async () => {
  await using server = await start()
  await server.line('ready')
  const client = await server.connect()
  void client.send('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
  await client.receives('101')
  const left = leave(server)
  await server.line('warned')
  client.reset()
  expect((await left).warnings).toEqual([expect.stringContaining('a socket is upgraded')])
})
