import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Stream,
} from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { Http2Client, requestBytes } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import type { LifecycleOptions } from '../src/index.js'
import { createRealTimeLifecycle, type Served, serve } from './in-process.js'

const get = (path: string) => requestBytes('GET', path)
/** Where the deadline is waited for. */
const brief = { gracePeriod: 1500 } as const
const nextTurn = () => new Promise(setImmediate)

const exitOf = async ({ process }: Pick<Served, 'process'>) => {
  while (process.exitCode === undefined) await new Promise((resolve) => setTimeout(resolve, 5))
  return process.exitCode
}

/** A server whose requests the test answers, in the order in which they were asked for. */
async function steered(options: LifecycleOptions = {}) {
  const asked: [IncomingMessage, ServerResponse][] = []
  const server = await serve(
    { shutdownDelay: 0, linger: 0, ...options },
    (req, res) => void asked.push([req, res]),
  )
  const request = async (number: number) => {
    while (asked.length <= number) await nextTurn()
    return asked[number] as [IncomingMessage, ServerResponse]
  }
  return { ...server, request, [Symbol.asyncDispose]: server[Symbol.asyncDispose] }
}

describe('a request that stop() leaves out', () => {
  test('holds nobody up whose answer does not fit behind it: that one flows on afterwards', async () => {
    await using server = await steered()
    const client = await server.connect()
    void client.send(Buffer.concat([get('/stop'), get('/stream'), get('/ended')]))
    const [[req, res], [, stream], [, ended]] = [
      await server.request(0),
      await server.request(1),
      await server.request(2),
    ]
    ended.end('ended')
    const report = server.lifecycle.stop({ except: req })
    expect(stream.write(Buffer.alloc(100_000, 'x'))).toBe(false)
    expect(await report).toMatchObject({ clean: true, cut: [] })
    res.end('stopped')
    stream.end('y')
    expect((await client.response()).text).toBe('stopped')
    expect((await client.response()).body.length).toBe(100_001)
    expect((await client.response()).text).toBe('ended')
    expect(await client.closed).toBe('fin')
  })

  test('with one behind it that is full already, and one that is answered when its turn has come', async () => {
    await using server = await steered()
    const client = await server.connect()
    const other = await server.connect()
    void client.send(Buffer.concat([get('/stop'), get('/full'), get('/later')]))
    const [[req, res], [, full], [, later]] = [
      await server.request(0),
      await server.request(1),
      await server.request(2),
    ]
    void other.send(get('/busy'))
    const [, busy] = await server.request(3)
    full.write(Buffer.alloc(100_000, 'x'))
    const report = server.lifecycle.stop({ except: req })
    res.end('stopped')
    full.end()
    expect((await client.response()).text).toBe('stopped')
    expect((await client.response()).body.length).toBe(100_000)
    // It is work like any other now, however slowly it is read.
    expect(later.write(Buffer.alloc(100_000, 'z'))).toBe(false)
    busy.end('busy')
    later.end()
    expect((await client.response()).body.length).toBe(100_000)
    expect(await report).toMatchObject({ clean: true, cut: [] })
    expect(await client.closed).toBe('fin')
  })

  test('may be answered at once, to a slow reader: closing the server does not cut it', async () => {
    await using server = await steered()
    const client = await server.connect()
    void client.send(get('/stop'))
    const [req, res] = await server.request(0)
    server.lifecycle.onStop('server', () => new Promise((resolve) => server.server.close(resolve)))
    const report = server.lifecycle.stop({ except: req })
    client.pause()
    res.end(Buffer.alloc(16 * 2 ** 20, 'x'))
    expect(await report).toMatchObject({ clean: true, exitCode: 0, cut: [] })
    server.server.close()
    server.server.closeIdleConnections()
    await nextTurn()
    client.resume()
    expect((await client.response()).body.length).toBe(16 * 2 ** 20)
    expect(await client.closed).toBe('fin')
  })

  test('with a body that nobody sends to its end is answered, and its connection ends', async () => {
    await using server = await steered()
    const client = await server.connect()
    void client.send('POST /stop HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf')
    const [req, res] = await server.request(0)
    expect(await server.lifecycle.stop({ except: req })).toMatchObject({ clean: true })
    res.end('stopped')
    expect((await client.response()).text).toBe('stopped')
    client.halfClose()
    expect(await client.closed).toBe('fin')
  })

  test('whose client goes does not hold the process, nor does the one behind it', async () => {
    await using server = await steered()
    const client = await server.connect()
    void client.send(Buffer.concat([get('/stop'), get('/behind')]))
    const [[req], [, behind]] = [await server.request(0), await server.request(1)]
    const report = server.lifecycle.stop({ except: req, exit: true })
    behind.end('behind')
    expect(await report).toMatchObject({ clean: true })
    expect(server.process.exitCode).toBeUndefined()
    client.destroy()
    expect(await exitOf(server)).toBe(0)
  })

  test('is answered before a signal ends the process, which came when all else was over', async () => {
    await using server = await steered()
    const client = await server.connect()
    void client.send(get('/stop'))
    const [req, res] = await server.request(0)
    expect(await server.lifecycle.stop({ except: req })).toMatchObject({ clean: true })
    // Nobody would hear it otherwise, and Node would end the process by it.
    expect(server.process.listenerCount('SIGTERM')).toBe(1)
    server.signal()
    await nextTurn()
    expect(server.process.exitCode).toBeUndefined()
    res.end('stopped')
    expect((await client.response()).text).toBe('stopped')
    expect(await exitOf(server)).toBe(0)
  })

  test('by another lifecycle, with whose process its own ends, is answered as well', async () => {
    await using server = await steered()
    const client = await server.connect()
    void client.send(get('/stop'))
    const [req, res] = await server.request(0)
    expect(await server.another().stop({ except: req, exit: true })).toMatchObject({ clean: true })
    expect(await server.report).toMatchObject({ clean: true, cut: [] })
    expect(server.process.exitCode).toBeUndefined()
    res.end('stopped')
    expect((await client.response()).text).toBe('stopped')
    expect(await exitOf(server)).toBe(0)
  })

  test.each(['says goodbye', 'says nothing'])(
    'may be one after which another protocol is spoken, which %s',
    async (how) => {
      await using server = await steered(brief)
      const client = await server.connect()
      const upgraded = once(server.server, 'upgrade')
      void client.send('GET /stop HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n')
      const [req, socket] = (await upgraded) as [IncomingMessage, Socket]
      const report = server.lifecycle.stop({ except: req, exit: true })
      expect(await report).toMatchObject({ clean: true, cut: [] })
      expect(server.process.exitCode).toBeUndefined()
      if (how === 'says goodbye') socket.end('HTTP/1.1 101 x\r\n\r\ngoodbye')
      expect(await exitOf(server)).toBe(how === 'says goodbye' ? 0 : 1)
    },
  )

  test('twice on one connection, and one of them twice, is answered in turn', async () => {
    await using server = await steered()
    const client = await server.connect()
    void client.send(Buffer.concat([get('/stop'), get('/stop')]))
    const [[first, res], [second, other]] = [await server.request(0), await server.request(1)]
    const reports = [first, second, first].map((except) => server.lifecycle.stop({ except }))
    expect(await reports[0]).toMatchObject({ clean: true })
    other.end('second')
    res.end('first')
    expect((await client.response()).text).toBe('first')
    expect((await client.response()).text).toBe('second')
    expect(await client.closed).toBe('fin')
    // Now the signals are the application's again.
    while (server.process.listenerCount('SIGTERM') > 0) await nextTurn()
  })

  test.each(['before anything is said', 'in the middle'])(
    'that never ends is ended with the process, %s',
    async (when) => {
      const warnings: string[] = []
      await using server = await steered(brief)
      server.lifecycle.on('warning', ({ message }) => void warnings.push(message))
      const client = await server.connect()
      void client.send(get('/stop?secret'))
      const [req, res] = await server.request(0)
      if (when === 'in the middle') res.write('half')
      const report = server.lifecycle.stop({ except: req, exit: true })
      expect(await report).toMatchObject({ clean: true, exitCode: 0 })
      server.signal()
      void client.head().catch(() => {})
      const ended = client.response()
      ended.catch(() => {})
      expect(await exitOf(server)).toBe(1)
      expect(warnings).toEqual([expect.stringMatching(/^GET \/stop was given to stop\(\)/)])
      if (when === 'in the middle') await expect(ended).rejects.toThrow()
      else expect(await ended).toMatchObject({ status: 503 })
    },
  )
})

/** The same over HTTP/2: streams, or requests of the compatibility API. */
async function steeredStreams(isCompatible: boolean, options: LifecycleOptions = {}) {
  const made = createRealTimeLifecycle({ shutdownDelay: 0, linger: 0, ...options })
  const asked: [object, (text: string) => void][] = []
  const server = createHttp2Server()
  if (isCompatible) {
    server.on('request', (req: Http2ServerRequest, res: Http2ServerResponse) => {
      asked.push([req, (text) => res.end(text)])
    })
  } else {
    server.on('stream', (stream: ServerHttp2Stream) => {
      stream.on('error', () => {})
      asked.push([
        stream,
        (text) => {
          stream.respond()
          stream.end(text)
        },
      ])
    })
  }
  made.lifecycle.attach(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  await made.lifecycle.ready()
  const client = await Http2Client.connect({ port: (server.address() as AddressInfo).port, protocol: 'h2c' })
  return {
    ...made,
    client,
    request: async (number: number) => {
      while (asked.length <= number) await nextTurn()
      return asked[number] as [object, (text: string) => void]
    },
    async [Symbol.asyncDispose]() {
      client.destroy()
      await made.lifecycle.stop()
    },
  }
}

describe.each([
  ['a stream', false],
  ['a request of the compatibility API', true],
])('%s that stop() leaves out', (_, isCompatible) => {
  test('is answered after the others of its session, which closes behind it', async () => {
    await using server = await steeredStreams(isCompatible)
    const [stopped, other] = [server.client.get('/stop'), server.client.get('/other')]
    const [[except, answer], [, answerOther]] = [await server.request(0), await server.request(1)]
    let isOver = false
    const report = server.lifecycle.stop({ except }).finally(() => {
      isOver = true
    })
    await nextTurn()
    expect(isOver).toBe(false)
    answerOther('other')
    expect(await report).toMatchObject({ clean: true, cut: [] })
    answer('stopped')
    expect(await other).toMatchObject({ text: 'other' })
    expect(await stopped).toMatchObject({ text: 'stopped' })
    await server.client.closed
  })

  test('has 503 where the drain cuts what is beside it and the process ends', async () => {
    await using server = await steeredStreams(isCompatible, brief)
    const [stopped, other] = [server.client.get('/stop'), server.client.get('/other')]
    const [[except], [,]] = [await server.request(0), await server.request(1)]
    const report = server.lifecycle.stop({ except, exit: true, force: true })
    expect(await report).toMatchObject({ clean: false, cut: [{ path: '/other' }], exitCode: 1 })
    expect(await other).toMatchObject({ status: 503 })
    server.signal()
    expect(await exitOf(server)).toBe(1)
    expect(await stopped).toMatchObject({ status: 503 })
  })

  test('that is answered at once is over with its session', async () => {
    await using server = await steeredStreams(isCompatible)
    const [stopped, other] = [server.client.get('/stop'), server.client.get('/other')]
    const [[except, answer], [, answerOther]] = [await server.request(0), await server.request(1)]
    const report = server.lifecycle.stop({ except, exit: true })
    answer('stopped')
    expect(await stopped).toMatchObject({ text: 'stopped' })
    answerOther('other')
    expect(await other).toMatchObject({ text: 'other' })
    expect(await report).toMatchObject({ clean: true })
    expect(await exitOf(server)).toBe(0)
  })
})
