import { setTimeout as sleep } from 'node:timers/promises'
import { type ForkedServer, holdByUpload, quick, type RawClient, requestBytes } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { startScenario } from './scenarios/start-scenario.js'

const protocols = ['http', 'https'] as const
const options = { ...quick, shutdownDelay: 400, linger: 400 }

const start = (protocol: (typeof protocols)[number], env: Record<string, string> = {}) =>
  startScenario('attached-late', { options, protocol, env: { PROTOCOL: protocol, ...env } })

async function attach(server: ForkedServer): Promise<void> {
  server.child.kill('SIGUSR2')
  await server.line('attached')
}

/** Sends several requests in one packet. */
function pipeline(client: RawClient, paths: readonly string[]): Promise<string>[] {
  for (const path of paths.slice(0, -1)) void client.request('GET', path)
  void client.request('GET', paths.at(-1) ?? '/')
  return paths.map(async () => {
    const { text, headers } = await client.response()
    return `${text} ${headers['connection']}`
  })
}

describe.concurrent.each(protocols)(
  '%s: a server that is attached while it serves',
  { timeout: 120_000 },
  (protocol) => {
    test('knows its idle connections: each may ask once more, and then they end in order', async () => {
      await using server = await start(protocol)
      const [used, unused, silent] = [await server.connect(), await server.connect(), await server.connect()]
      await used.get('/fast')
      await unused.get('/fast')
      const release = await holdByUpload(server)
      await attach(server)
      server.signal()
      await server.refusing()
      expect(await used.get('/fast')).toMatchObject({ text: 'fast', headers: { connection: 'close' } })
      await release()
      for (const client of [used, unused, silent]) expect(await client.closed).toBe('fin')
      const { code, report, ownMs } = await server.exited()
      expect({ code, ...report }).toMatchObject({ code: 0, clean: true, requests: { finished: 2 } })
      expect(report.connections).toMatchObject({ idle: 1, silent: 1, 'told-to-leave': 2 })
      expect(ownMs).toBeLessThan(4000)
    })

    test('waits for what is in flight, and asks it to leave', async () => {
      await using server = await start(protocol)
      const [slow, stream, busy] = [await server.connect(), await server.connect(), await server.connect()]
      const answers = [slow.get('/slow?ms=2500'), stream.get('/stream?chunks=25&every=100')]
      const pipelined = pipeline(busy, ['/slow?ms=2000', '/mark?id=second', '/slow?ms=1', '/mark?id=last'])
      await sleep(150)
      await attach(server)
      server.signal()
      await server.refusing()
      expect(await answers[0]).toMatchObject({ text: 'slow', headers: { connection: 'close' } })
      expect((await answers[1])?.text).toContain('chunk 24\n')
      expect((await Promise.all(pipelined)).map((answer) => answer.split(' ')[0])).toEqual([
        'slow',
        'second',
        'slow',
        'last',
      ])
      expect(await busy.closed).toBe('fin')
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
    })

    test('tells only the last of pipelined requests to leave, also those it could not see', async () => {
      await using server = await start(protocol)
      const client = await server.connect()
      const answers = pipeline(client, ['/slow?ms=900', '/slow?ms=1000', '/slow?ms=1100'])
      await sleep(100)
      await attach(server)
      server.signal()
      expect(await Promise.all(answers)).toEqual(['slow keep-alive', 'slow keep-alive', 'slow close'])
      expect(await client.closed).toBe('fin')
      expect((await server.exited()).report).toMatchObject({ clean: true, requests: { finished: 3 } })
    })

    test('counts requests that arrive behind those it could not see', async () => {
      await using server = await start(protocol)
      const client = await server.connect()
      const answers = pipeline(client, ['/slow?ms=600', '/slow?ms=700', '/slow?ms=800'])
      await sleep(100)
      await attach(server)
      answers.push(...pipeline(client, ['/slow?ms=1200']))
      await sleep(50)
      server.signal()
      expect(await Promise.all(answers)).toEqual([...Array(3).fill('slow keep-alive'), 'slow close'])
      expect((await server.exited()).report).toMatchObject({ clean: true, requests: { finished: 4 } })
    })

    test('reads uploads to their end, the one that was answered early, too', async () => {
      await using server = await start(protocol)
      const [upload, rejected] = [await server.connect(), await server.connect()]
      const body = Buffer.alloc(400_000, 'x')
      const whole = {
        upload: requestBytes('POST', '/upload', { body }),
        reject: requestBytes('POST', '/reject', { body }),
      }
      await upload.send(whole.upload.subarray(0, 100_000))
      await rejected.send(whole.reject.subarray(0, 100_000))
      expect((await rejected.response()).text).toBe('no')
      await attach(server)
      server.signal()
      await server.refusing()
      await sleep(700)
      expect([upload.ending, rejected.ending]).toEqual([undefined, undefined])
      await upload.send(whole.upload.subarray(100_000))
      await rejected.send(whole.reject.subarray(100_000))
      expect((await upload.response()).text).toBe('400000')
      expect(await rejected.closed).toBe('fin')
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
    })

    test('waits for sockets that another protocol has taken over', async () => {
      await using server = await start(protocol)
      const client = await server.connect()
      await client.send('GET /echo HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
      await client.receives('101 Switching')
      await attach(server)
      await client.send('hello')
      await client.receives('hello')
      server.signal()
      await server.refusing()
      await sleep(1000)
      await client.send('still there?')
      await client.receives('still there?')
      client.reset()
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
    })

    test('cuts what does not finish, by name', async () => {
      await using server = await startScenario('attached-late', {
        options: { ...options, gracePeriod: 3000, shutdownDelay: 0, linger: 0 },
        protocol,
        env: { PROTOCOL: protocol },
      })
      const client = await server.connect()
      void client.request('GET', '/hang')
      await server.line('hanging')
      await attach(server)
      server.signal()
      expect(await client.response()).toMatchObject({ status: 503 })
      const { code, report } = await server.exited()
      expect(code).toBe(1)
      expect(report.cut).toMatchObject([{ kind: 'request', method: 'GET', path: '/hang' }])
    })

    test('counts the request that attaches it', async () => {
      await using server = await start(protocol, { DRAIN: 'at once' })
      const client = await server.connect()
      const answer = await client.get('/slow?ms=1500&attach')
      expect(answer).toMatchObject({ text: 'slow', headers: { connection: 'close' } })
      expect(await client.closed).toBe('fin')
      expect((await server.exited()).report).toMatchObject({ clean: true, requests: { finished: 1 } })
    })
  },
)
