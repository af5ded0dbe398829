import { setTimeout as sleep } from 'node:timers/promises'
import { type ForkedServer, quick, startScript } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'

const script = new URL('scenarios/situations.mjs', import.meta.url)

function start(express: string, situation: string): Promise<ForkedServer> {
  const protocol = situation === 'with https' ? 'https' : 'http'
  const env = { EXPRESS: express, SITUATION: situation }
  return startScript(script, { options: quick, protocol, env })
}

const foundByListening = [
  'usual',
  'used after listening',
  'in a sub-application',
  'in a router',
  'in connect',
  'with https',
  'attached by hand',
  'two applications on one server',
  'two servers',
  'a shared lifecycle',
]
const foundByRequest = ['behind a function', 'in a plain handler', 'behind vhost']

describe.concurrent.each(['4', '5'])('Express %s', { timeout: 120_000 }, (express) => {
  for (const situation of foundByListening) {
    test(`${situation}: the server is found when it listens, and drained`, async () => {
      await using server = await start(express, situation)
      await server.line('ready')
      const [path] = server.said('path')
      const [busy, idle] = [await server.connect(), await server.connect()]
      expect(await idle.get('/readyz')).toMatchObject({ status: 200 })
      const slow = busy.get(`${path}?ms=900`)
      await server.line('handling')
      server.signal()
      await server.draining()
      expect((await idle.get('/readyz')).status).toBe(503)
      expect(await slow).toMatchObject({ status: 200, text: 'slow', headers: { connection: 'close' } })
      expect(await idle.closed).toBe('fin')
      const { code, lines } = { ...(await server.exited()), lines: server.said('report') }
      expect(code).toBe(0)
      expect(lines).not.toHaveLength(0)
      for (const report of lines) expect(report).toMatchObject({ clean: true, cut: [] })
    })
  }

  for (const situation of foundByRequest) {
    test(`${situation}: a probe proves the server, is answered, and makes it ready`, async () => {
      await using server = await start(express, situation)
      const client = await server.connect()
      expect(server.said('ready')).toEqual([])
      const probe = await client.get('/readyz')
      expect(probe).toMatchObject({ status: 200, text: '{"status":"ok","state":"ready"}' })
      expect((await client.get('/livez')).status).toBe(200)
      server.signal()
      await server.draining()
      expect((await client.get('/readyz')).status).toBe(503)
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
    })

    test(`${situation}: the first request proves the server, and is in flight`, async () => {
      await using server = await start(express, situation)
      const [busy, silent] = [await server.connect(), await server.connect()]
      const slow = busy.get('/slow?ms=1200')
      await server.line('handling')
      server.signal()
      await server.refusing()
      expect(await slow).toMatchObject({ status: 200, text: 'slow', headers: { connection: 'close' } })
      expect(await silent.closed).toBe('fin')
      const exit = await server.exited()
      expect(exit).toMatchObject({ code: 0, report: { clean: true, requests: { finished: 1 } } })
    })
  }

  test('two servers: both are drained', async () => {
    await using server = await start(express, 'two servers')
    await server.line('ready')
    const { second } = await server.line('second')
    const clients = [await server.connect(), await server.connect(second as number)]
    const answers = clients.map((client) => client.get('/slow?ms=900'))
    await sleep(200)
    server.signal()
    for (const answer of answers)
      expect(await answer).toMatchObject({ text: 'slow', headers: { connection: 'close' } })
    expect((await server.exited()).report).toMatchObject({ clean: true, requests: { finished: 2 } })
  })

  test('a shared lifecycle: it is ready when the server of every middleware listens', async () => {
    await using server = await start(express, 'a shared lifecycle')
    await server.line('ready')
    expect(server.said('beforeTheLast')).toEqual(['starting'])
    const { second } = await server.line('second')
    const clients = [await server.connect(), await server.connect(second as number)]
    const answers = clients.map((client) => client.get('/slow?ms=900'))
    await sleep(200)
    server.signal()
    for (const answer of answers)
      expect(await answer).toMatchObject({ text: 'slow', headers: { connection: 'close' } })
    expect((await server.exited()).report).toMatchObject({ clean: true, requests: { finished: 2 } })
  })
})
