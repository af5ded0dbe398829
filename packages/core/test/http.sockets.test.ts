import { EventEmitter, once } from 'node:events'
import { createServer, type OutgoingHttpHeaders, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { connect as tlsConnect } from 'node:tls'
import { RawClient, requestBytes } from '@lameduck/conformance'
import { selfSigned } from '@lameduck/conformance/subject'
import { describe, expect, test } from 'vitest'
import { joinLifecycle } from '../src/index.js'
import { createRealTimeLifecycle, serve, serveOnUnixSocket } from './in-process.js'
import { isHidden } from './where-hidden.js'

describe.concurrent('connections', () => {
  test('that are idle end with FIN: told to by a last response, or when linger is over', async () => {
    await using served = await serve()
    const [told, idle] = [await served.connect(), await served.connect()]
    await Promise.all([told.get('/now'), idle.get('/now')])
    served.signal()
    expect((await told.get('/now')).headers['connection']).toBe('close')
    expect(await Promise.all([told.closed, idle.closed])).toEqual(['fin', 'fin'])
    expect(await served.report).toMatchObject({
      clean: true,
      requests: { finished: 1, cut: 0 },
      connections: { 'told-to-leave': 1, idle: 1 },
    })
  })

  test('that say nothing are closed, a half-sent head is told 408', async () => {
    await using served = await serve({ shutdownDelay: 0 })
    const [silent, half] = [await served.connect(), await served.connect()]
    await half.send('GET /now HTTP/1.1\r\nHost:')
    await half.get('/now').catch(() => {})
    const late = await served.connect()
    await late.send('GET /now HTTP/1.1\r\nHo')
    served.signal()
    expect((await late.response()).status).toBe(408)
    expect(await Promise.all([silent.closed, late.closed])).toEqual(['fin', 'fin'])
    expect((await served.report).connections).toMatchObject({ silent: 1, 'half-head': 1 })
  })

  test('that are idle at the cutoff are ended by us, and reported so', async () => {
    await using served = await serve({ shutdownDelay: 0, linger: 20_000 })
    const [busy, idle, silent, half] = await Promise.all([1, 2, 3, 4].map(() => served.connect()))
    await Promise.all([idle?.get('/now'), half?.get('/now')])
    await half?.send('GET /now HTTP/1.1\r\nHost:')
    void busy?.get('/slow').catch(() => {})
    await served.asked()
    const report = await served.lifecycle.stop({ force: true })
    expect(report.connections).toEqual({ cut: 1, idle: 1, silent: 1, 'half-head': 1 })
    expect(await Promise.all([idle?.closed, silent?.closed])).toEqual(['fin', 'fin'])
  })

  test('without linger, idle ones are closed when the window ends', async () => {
    await using served = await serve({ shutdownDelay: 0, linger: 0 })
    const idle = await served.connect()
    await idle.get('/now')
    served.signal()
    expect(await idle.closed).toBe('fin')
    expect((await served.report).connections).toEqual({ idle: 1 })
  })

  test('accepted before the server was attached are known from their next request on', async () => {
    const { lifecycle, report, signal } = createRealTimeLifecycle()
    const server = createServer((_, res) => res.end('now')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const client = await RawClient.connect({ port: (server.address() as AddressInfo).port })
    await client.get('/now')
    lifecycle.attach(server)
    await client.get('/now')
    signal()
    expect((await client.get('/now')).headers['connection']).toBe('close')
    expect((await report).connections).toEqual({ 'told-to-leave': 1 })
  })

  test('whose clients send on while we say good-bye are not reset under them', async () => {
    await using served = await serve({}, (_, res) => {
      res.write('la')
      setImmediate(() => res.end('st'))
    })
    served.signal()
    const client = connect({ port: served.port, host: '127.0.0.1', allowHalfOpen: true })
    const received: Buffer[] = []
    client.on('data', (bytes) => received.push(bytes))
    client.write(requestBytes('GET', '/last'))
    await once(client, 'data')
    client.write(requestBytes('GET', '/lost'))
    await once(client, 'end')
    // Longer than a client that is not sending gets.
    await new Promise<void>((resolve) => void served.clock.after(200, resolve))
    client.end(requestBytes('GET', '/lost'))
    expect(await once(client, 'close')).toEqual([false])
    expect(Buffer.concat(received).toString()).toMatch(/^HTTP.1.1 200 OK.*la.*st/s)
    expect((await served.report).requests.finished).toBe(1)
  })

  test('of a Unix socket have no address, and are drained all the same', async () => {
    const server = createServer(() => {})
    await using served = await serveOnUnixSocket(server, { gracePeriod: 600 })
    const client = connect(served.path)
    const asked = once(server, 'request')
    client.write(requestBytes('GET', '/hangs'))
    await asked
    served.signal()
    expect((await served.report).cut).toEqual([
      { kind: 'request', method: 'GET', path: '/hangs', age: expect.any(Number) },
    ])
    client.destroy()
  })

  test('that the client resets in the middle of a request are no work any more', async () => {
    await using served = await serve()
    const client = await served.connect()
    void client.request('GET', '/gone')
    await served.asked()
    served.signal()
    client.reset()
    expect(await served.report).toMatchObject({ clean: true, requests: { finished: 0, cut: 0 } })
  })
})

describe.concurrent('requests', () => {
  const headers: [string, (res: ServerResponse) => unknown][] = [
    ['setHeader', (res) => res.setHeader('Connection', 'keep-alive')],
    ['writeHead', (res) => res.writeHead(200, { Connection: 'keep-alive' })],
    ['writeHead with a reason', (res) => res.writeHead(200, 'fine', { connection: 'keep-alive' })],
    ['writeHead with a list', (res) => res.writeHead(200, ['Connection', 'keep-alive'])],
    [
      'writeHead with a list of pairs',
      (res) =>
        res.writeHead(200, [
          ['X-Other', 'kept'],
          ['Connection', 'keep-alive'],
        ] as unknown as OutgoingHttpHeaders),
    ],
    ['nothing', () => {}],
  ]
  for (const [how, insist] of headers) {
    test(`in flight finish and close, although the application insists on keep-alive by ${how}`, async () => {
      await using served = await serve()
      const client = await served.connect()
      void client.request('GET', '/slow')
      const res = await served.asked()
      served.signal()
      insist(res)
      res.end('slow')
      expect(await client.response()).toMatchObject({ text: 'slow', headers: { connection: 'close' } })
      expect(await client.closed).toBe('fin')
      expect(await served.report).toMatchObject({ clean: true, requests: { finished: 1 } })
    })
  }

  test('whose middleware has promised keep-alive below the drain are followed by another, which closes', async () => {
    const asked = new EventEmitter()
    await using served = await serve({ linger: 1000 }, (_, res) => {
      const { writeHead } = res
      res.writeHead = function (this: ServerResponse, status: number) {
        return Reflect.apply(writeHead, this, [status, { Connection: 'keep-alive' }])
      } as typeof writeHead
      asked.emit('request', res)
    })
    const client = await served.connect()
    const first = client.get('/slow')
    const [res] = (await once(asked, 'request')) as [ServerResponse]
    served.signal()
    res.end('slow')
    expect(await first).toMatchObject({ text: 'slow', headers: { connection: 'keep-alive' } })
    expect(await client.get('/now')).toMatchObject({ text: 'now', headers: { connection: 'close' } })
    expect(await served.report).toMatchObject({ clean: true, requests: { finished: 2 } })
  })

  test('whose head has promised keep-alive are not taken back by a second head, which fails', async () => {
    await using served = await serve({ linger: 1000 })
    const client = await served.connect()
    await client.send('POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n1')
    const res = await served.asked()
    served.signal()
    res.writeHead(200, { 'Content-Length': 5 })
    res.write('ear')
    await client.receives('ear')
    res.req.resume()
    await Promise.all([client.send('2'), once(res.req, 'end')])
    expect(() => res.writeHead(500)).toThrow(/ERR_HTTP_HEADERS_SENT|headers/)
    res.end('ly')
    expect(await client.response()).toMatchObject({ text: 'early', headers: { connection: 'keep-alive' } })
    expect(await client.get('/now')).toMatchObject({ text: 'now', headers: { connection: 'close' } })
    expect(await served.report).toMatchObject({ clean: true, requests: { finished: 2 } })
  })

  test('that are pipelined are all answered, and only the last answer closes', async () => {
    const asked: ServerResponse[] = []
    await using served = await serve({}, (_, res) => asked.push(res))
    const client = await served.connect()
    for (const path of ['/a', '/b', '/c']) void client.request('GET', path)
    while (asked.length < 3) await new Promise(setImmediate)
    served.signal()
    for (const res of asked.toReversed()) res.end(res.req.url)
    const answers = [await client.response(), await client.response(), await client.response()]
    expect(answers.map(({ text, headers }) => `${text} ${headers['connection']}`)).toEqual([
      '/a keep-alive',
      '/b keep-alive',
      '/c close',
    ])
    expect(await served.report).toMatchObject({ clean: true, requests: { finished: 3 } })
  })

  test('whose client goes while they wait for the listener to close are told so', async () => {
    const ends: Promise<unknown>[] = []
    await using served = await serve({ shutdownDelay: 0, linger: 1000 }, (_, res) =>
      ends.push(once(res, 'close')),
    )
    const client = await served.connect()
    await client.get('/now')
    const [socket] = served.sockets
    const bytesRead = socket?.bytesRead
    served.signal()
    await served.closing()
    await client.send(requestBytes('GET', '/held'))
    while (socket?.bytesRead === bytesRead && client.ending === undefined) await new Promise(setImmediate)
    expect(served.server.listening).toBe(true)
    client.reset()
    expect((await served.report).clean).toBe(true)
    expect(ends).toHaveLength(1)
    await ends[0]
  })

  test('of a client that says FIN behind them are answered while draining, too', async () => {
    await using served = await serve()
    const client = await served.connect()
    await client.get('/now')
    served.signal()
    const answer = client.get('/now')
    client.halfClose()
    expect((await answer).text).toBe('now')
    expect((await served.report).clean).toBe(true)
  })

  test('behind a response that closes are read and thrown away', async () => {
    const ran: (string | undefined)[] = []
    await using served = await serve({}, ({ url }, res) => {
      ran.push(url)
      res.writeHead(200, { 'content-length': 4 }).write('la')
      setImmediate(() => res.end('st'))
    })
    const client = await served.connect()
    await client.get('/now')
    served.signal()
    const last = client.ask('GET', '/last')
    await client.receives('la')
    await client.send(Buffer.concat([requestBytes('GET', '/lost'), requestBytes('GET', '/lost')]))
    expect(await last).toMatchObject({ text: 'last', headers: { connection: 'close' } })
    expect(await client.closed).toBe('fin')
    await served.report
    expect(ran).toEqual(['/last'])
  })

  const upgrades = {
    Upgrade: 'GET /socket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n',
    CONNECT: 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n',
  }
  for (const [way, bytes] of Object.entries(upgrades)) {
    test(`for another protocol (${way}) are thrown away behind a response that closes, and it arrives whole`, async () => {
      const megabytes = Array.from({ length: 24 }, () => Buffer.alloc(2 ** 20))
      await using served = await serve({}, (_, res) => {
        res.writeHead(200, { 'content-length': megabytes.length * 2 ** 20 })
        Readable.from(megabytes).pipe(res)
      })
      served.server.on(way.toLowerCase(), (_, socket) => socket.destroy())
      const client = await served.connect()
      const [socket] = served.sockets
      await client.get('/now')
      served.signal()
      const answer = client.get('/big')
      await client.receives('content-length: 25165824')
      client.socket.pause()
      const before = socket?.bytesRead ?? 0
      await client.send(bytes)
      while (socket?.bytesRead === before) await new Promise(setImmediate)
      client.socket.resume()
      expect((await answer).body.length).toBe(megabytes.length * 2 ** 20)
      expect(await client.closed).toBe('fin')
      expect(await served.report).toMatchObject({ clean: true, requests: { finished: 1, cut: 0 } })
    })
  }

  test('for another protocol, thrown away, whose client then resets the connection harm nobody', async () => {
    await using served = await serve()
    served.server.on('upgrade', (_, socket) => socket.destroy())
    const client = await served.connect()
    const [socket] = served.sockets
    await client.get('/now')
    served.signal()
    void client.request('GET', '/slow')
    const res = await served.asked()
    res.write('half')
    await client.receives('half')
    const before = socket?.bytesRead ?? 0
    await client.send(upgrades.Upgrade)
    while (socket?.bytesRead === before) await new Promise(setImmediate)
    client.reset()
    expect(await served.report).toMatchObject({ clean: true, requests: { cut: 0 } })
  })

  test('whose body is still coming keep their connection for one more', async () => {
    await using served = await serve({ linger: 2000 }, (_, res) => res.writeHead(401).end())
    const client = await served.connect()
    await client.send('POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf ')
    served.signal()
    expect((await client.response()).headers['connection']).toBe('keep-alive')
    await client.send('whole')
    expect((await client.get('/now')).headers['connection']).toBe('close')
    expect(await served.report).toMatchObject({ clean: true, requests: { finished: 2 } })
  })

  test('that wait for 100 Continue are heard while draining, too', async () => {
    await using served = await serve()
    served.server.on('checkContinue', (req, res) => {
      res.writeContinue()
      req.resume().on('end', () => res.end('read'))
    })
    const client = await served.connect()
    await client.get('/now')
    served.signal()
    await client.send('POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n')
    await client.receives('100 Continue')
    await client.send('body')
    expect((await client.response()).text).toBe('read')
    expect((await served.report).clean).toBe(true)
  })

  test('whose handler answers and never reads the body are read to their end', async () => {
    await using served = await serve({ linger: 2000 }, (req, res) => {
      req.pause()
      res.end('no')
    })
    const client = await served.connect()
    await client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf ')
    expect((await client.response()).text).toBe('no')
    served.signal()
    await client.send('whole')
    expect((await client.get('/now')).headers['connection']).toBe('close')
    expect(await served.report).toMatchObject({ clean: true, requests: { finished: 2 } })
  })

  test("that come late are served, or turned away by late: 'reject'", async () => {
    for (const late of ['serve', 'reject'] as const) {
      await using served = await serve({ late, shutdownDelay: 0, linger: 2000 })
      const [busy, client] = [await served.connect(), await served.connect()]
      await client.get('/now')
      void busy.request('GET', '/slow')
      const res = await served.asked()
      const closing = served.closing()
      served.signal()
      await closing
      while (served.server.listening) await new Promise(setImmediate)
      const answer = await client.get('/now')
      expect(answer.status).toBe(late === 'serve' ? 200 : 503)
      expect(answer.headers).toMatchObject({ connection: 'close' })
      expect(answer.headers['retry-after']).toBe(late === 'serve' ? undefined : '1')
      res.end()
      await served.report
    }
  })
})

describe.concurrent('the cutoff', () => {
  test('answers 503 in place of a handler that has not begun, and swallows what it says later', async () => {
    await using served = await serve({ gracePeriod: 600, shutdownDelay: 0, linger: 0 })
    const client = await served.connect()
    void client.request('GET', '/hangs?secret=1')
    const res = await served.asked()
    res.setHeader('x-application', 'yes')
    res.writeHead = () => {
      throw new Error('middleware that fails')
    }
    served.signal()
    expect(await client.response()).toMatchObject({ status: 503, headers: { connection: 'close' } })
    res.end('too late')
    res.setHeader('x', 'y')
    res.removeHeader('x')
    res.write('more')
    const { cut, requests, clean } = await served.report
    expect(cut).toEqual([
      { kind: 'request', method: 'GET', path: '/hangs', age: expect.any(Number), remoteAddress: '127.0.0.1' },
    ])
    expect({ requests, clean }).toEqual({ requests: { finished: 0, cut: 1 }, clean: false })
  })

  test('ends a response that has begun, and a foreign protocol by FIN', async () => {
    await using served = await serve({ gracePeriod: 1000, shutdownDelay: 0, linger: 0 })
    served.lifecycle.onStop('leaves the cut connections time to close', () => {})
    served.server.on('upgrade', (_, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n')
    })
    const [begun, upgraded] = [await served.connect(), await served.connect()]
    void begun.request('GET', '/begun')
    const res = await served.asked()
    res.write('half')
    await begun.receives('half')
    void upgraded.request('GET', '/echo', { headers: { Upgrade: 'echo', Connection: 'Upgrade' } })
    await upgraded.receives('101')
    served.signal()
    const { cut, connections } = await served.report
    expect(cut.map(({ kind, path }) => `${kind} ${path}`).sort()).toEqual([
      'request /begun',
      'upgraded /echo',
    ])
    expect(connections).toEqual({ cut: 2 })
    expect(await upgraded.closed).toBe('fin')
  })
})

describe.concurrent('server-sent events', () => {
  const eventSource = { headers: { accept: 'text/event-stream' } }

  test.skipIf(isHidden('what a head said that was given to writeHead'))(
    'that have been ended still tell their handler that it has written',
    async () => {
      await using served = await serve({ shutdownDelay: 0 })
      const client = await served.connect()
      const answer = client.ask('GET', '/events', eventSource)
      const res = await served.asked()
      res.writeHead(200, { 'content-type': 'text/event-stream' })
      served.signal()
      await once(res, 'prefinish')
      await new Promise<void>((resolve) => res.write('data: too late\n\n', () => resolve()))
      await new Promise<void>((resolve) => res.end(resolve))
      expect(res.setHeaders(new Map([['too', 'late']]))).toBe(res)
      expect((await answer).text).toBe('')
      expect((await served.report).clean).toBe(true)
    },
  )

  const streams: [string, (res: ServerResponse) => unknown, boolean][] = [
    ['end in order', (res) => res.setHeader('content-type', 'text/event-stream'), true],
    [
      'end in order, said by writeHead',
      (res) => res.writeHead(200, { 'content-type': 'text/event-stream' }),
      true,
    ],
    [
      'are cut if they are compressed',
      (res) => res.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' }),
      false,
    ],
    ['are not plain text', (res) => res.setHeader('content-type', 'text/plain'), false],
    [
      'are cut if they say how long they are',
      (res) => res.writeHead(200, { 'content-type': 'text/event-stream', 'content-length': 100 }),
      false,
    ],
    [
      'are cut if they say so in an array',
      (res) => res.writeHead(200, ['Content-Type', 'text/event-stream', 'Content-Length', '100']),
      false,
    ],
  ]
  for (const [what, begin, endsInOrder] of streams) {
    test.skipIf(what.includes('writeHead') && isHidden('what a head said that was given to writeHead'))(
      what,
      async () => {
        await using served = await serve({ gracePeriod: 1000, shutdownDelay: 0 })
        const client = await served.connect()
        void client.request('GET', '/events', eventSource)
        const res = await served.asked()
        begin(res)
        res.write('data: 1\n\n')
        await client.receives('data: 1')
        served.signal()
        const { clean } = await served.report
        res.write('data: swallowed\n\n')
        expect(clean).toBe(endsInOrder)
        if (endsInOrder) expect((await client.response()).text).toBe('data: 1\n\n')
      },
    )
  }

  test.skipIf(isHidden('what a head said that was given to writeHead'))(
    'that their application ends while others are ended keep its last words',
    async () => {
      await using served = await serve({ shutdownDelay: 0, linger: 1000 })
      const [clients, streams] = [[] as RawClient[], [] as ServerResponse[]]
      for (let i = 0; i < 3; i++) {
        const client = await served.connect()
        void client.request('GET', '/events', eventSource)
        const res = await served.asked()
        res.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
        clients.push(client)
        streams.push(res)
      }
      served.signal()
      // They are ended one after the other, each in its third of the time.
      await clients[0]?.response()
      streams[1]?.end('data: bye\n\n')
      expect((await clients[1]?.response())?.text).toBe('data: bye\n\n')
      expect((await clients[2]?.response())?.text).toBe('')
      expect((await served.report).clean).toBe(true)
    },
  )

  test.skipIf(isHidden('what a head said that was given to writeHead'))(
    'end at once without linger, and one whose client has gone is nothing',
    async () => {
      await using served = await serve({ shutdownDelay: 0, linger: 0 })
      const [one, two] = [await served.connect(), await served.connect()]
      for (const client of [one, two]) {
        void client.request('GET', '/events', eventSource)
        const res = await served.asked()
        res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
      }
      two.reset()
      served.signal()
      expect((await one.response()).text).toBe('data: 1\n\n')
      expect((await served.report).clean).toBe(true)
    },
  )

  test.skipIf(isHidden('what a head said that was given to writeHead'))(
    'that begin after the listener has closed are ended as well',
    async () => {
      await using served = await serve({ shutdownDelay: 0, linger: 2000 })
      const client = await served.connect()
      void client.request('GET', '/events', eventSource)
      const res = await served.asked()
      const closing = served.closing()
      served.signal()
      await closing
      while (served.server.listening) await new Promise(setImmediate)
      res.writeHead(200, { 'content-type': 'text/event-stream' })
      res.write('data: 1\n\n')
      expect((await client.response()).text).toBe('data: 1\n\n')
      expect((await served.report).clean).toBe(true)
    },
  )
})

describe.concurrent('long work', () => {
  test('is ended by its framework as soon as nothing else is left, and not before', async () => {
    await using served = await serve({ shutdownDelay: 0, linger: 0 })
    const seat = joinLifecycle({ lifecycle: served.lifecycle })
    const [streaming, waiting] = [await served.connect(), await served.connect()]
    const stream = streaming.get('/stream')
    const head = await served.asked()
    head.write('begun')
    const answer = waiting.get('/slow')
    const slow = await served.asked()
    const order: string[] = []
    seat.endLongWork('ends streams', () => {
      order.push('ended')
      head.end(', ended')
    })
    const earlier = served.lifecycle.hold('earlier')
    served.signal()
    await served.closing()
    const later = served.lifecycle.hold('later')
    await new Promise<void>((resolve) => void served.clock.after(300, resolve))
    expect(order).toEqual([])
    slow.end('slow')
    expect((await answer).text).toBe('slow')
    order.push('answered')
    await new Promise<void>((resolve) => void served.clock.after(300, resolve))
    expect(order).toEqual(['answered'])
    later()
    expect((await stream).text).toBe('begun, ended')
    earlier()
    expect(order).toEqual(['answered', 'ended'])
    expect(await served.report).toMatchObject({ clean: true, cut: [] })
  })
})

describe.concurrent('a server', () => {
  test('of https serves, and closes handshakes that do not get on', async () => {
    await using served = await serve({}, undefined, true)
    const client = await served.connect()
    await client.get('/now')
    const mute = connect(served.port, '127.0.0.1')
    await once(mute, 'connect')
    const ended = once(mute, 'close')
    served.signal()
    expect((await client.get('/now')).headers['connection']).toBe('close')
    expect(await client.closed).toBe('fin')
    await ended
    expect((await served.report).connections).toMatchObject({ 'told-to-leave': 1, handshake: 1 })
  })

  test('of https serves a connection whose handshake ends last of all, after the listener has closed', async () => {
    await using served = await serve({ shutdownDelay: 0, linger: 1000 }, undefined, true)
    const socket = connect(served.port, '127.0.0.1')
    await once(socket, 'connect')
    served.signal()
    while (served.server.listening) await new Promise(setImmediate)
    const secure = tlsConnect({ socket, rejectUnauthorized: false })
    const client = new RawClient(secure)
    await once(secure, 'secureConnect')
    expect((await client.get('/now')).status).toBe(200)
    expect(await client.closed).toBe('fin')
    expect((await served.report).connections).toEqual({ 'told-to-leave': 1 })
  })

  test('of https on a Unix socket tells handshakes apart without addresses', async () => {
    const server = createTlsServer(selfSigned, (_, res) => res.end('now'))
    await using served = await serveOnUnixSocket(server)
    const mute = connect(served.path)
    const ended = once(mute, 'close')
    const client = new RawClient(tlsConnect({ path: served.path, rejectUnauthorized: false }))
    await client.get('/')
    served.signal()
    expect(await client.closed).toBe('fin')
    await ended
    expect((await served.report).connections).toEqual({ handshake: 1, idle: 1 })
  })

  test('tells that it has closed before the first onStop function, and once', async () => {
    await using served = await serve()
    const order: string[] = []
    served.server.on('close', () => order.push('server'))
    served.lifecycle.onStop('database', () => void order.push('database'))
    served.signal()
    await served.report
    await new Promise(setImmediate)
    expect(order).toEqual(['server', 'database'])
  })

  test('that was told to listen when the drain began never does', async () => {
    const { lifecycle, report, signal } = createRealTimeLifecycle()
    let hasListened = false
    const server = createServer().on('listening', () => {
      hasListened = true
    })
    lifecycle.attach(server)
    server.listen(0, '127.0.0.1')
    signal()
    await report
    expect([hasListened, server.listening]).toEqual([false, false])
  })

  test('keeps an emit that somebody else has put on it', async () => {
    const { lifecycle } = createRealTimeLifecycle()
    const server = createServer()
    const seen: unknown[] = []
    const { emit } = server
    server.emit = (event: string | symbol, ...args: unknown[]) => {
      seen.push(event)
      return Reflect.apply(emit, server, [event, ...args])
    }
    lifecycle.attach(server)
    server.emit('custom')
    expect(seen).toEqual(['custom'])
    await lifecycle.stop()
  })
})

describe.concurrent('probes', () => {
  test('answer ahead of the application: ready 200, then 503 in the tick of the signal', async () => {
    await using served = await serve({}, (_, res) => res.writeHead(404).end('the application'))
    const client = await served.connect()
    expect(await client.get('/readyz?verbose')).toMatchObject({
      status: 200,
      text: '{"status":"ok","state":"ready"}',
      headers: { 'lifecycle-state': 'ready', 'cache-control': 'no-store' },
    })
    expect((await client.ask('HEAD', '/livez')).status).toBe(200)
    expect((await client.ask('POST', '/readyz')).text).toBe('the application')
    served.signal()
    expect(await client.get('/readyz')).toMatchObject({
      status: 503,
      text: '{"status":"unavailable","state":"draining"}',
      headers: { connection: 'close', 'lifecycle-state': 'draining' },
    })
    expect((await served.report).requests).toEqual({ finished: 0, cut: 0 })
  })

  test('belong to the application where there are none', async () => {
    await using served = await serve({ probes: false }, (_, res) => res.end('the application'))
    expect((await (await served.connect()).get('/readyz')).text).toBe('the application')
  })

  test('wait for their checks, and a client that leaves meanwhile is nothing', async () => {
    await using served = await serve()
    const check = new EventEmitter()
    served.lifecycle.check('db', () => once(check, 'done'))
    const [client, impatient] = [await served.connect(), await served.connect()]
    const accepted = [...served.sockets]
    void impatient.request('GET', '/readyz')
    const answer = client.get('/readyz')
    const left = new Promise((resolve) => accepted.map((socket) => socket.on('close', resolve)))
    while (check.listenerCount('done') === 0) await new Promise(setImmediate)
    impatient.reset()
    await left
    check.emit('done')
    expect((await answer).status).toBe(200)
  })

  test("stay green until the window ends by readinessDuringDrain: 'keep'", async () => {
    await using served = await serve({ readinessDuringDrain: 'keep', shutdownDelay: 200, linger: 2000 })
    const busy = await served.connect()
    void busy.request('GET', '/slow')
    const res = await served.asked()
    const closing = served.closing()
    served.signal()
    expect((await (await served.connect()).get('/readyz')).status).toBe(200)
    const after = await served.connect()
    await closing
    expect((await after.get('/readyz')).status).toBe(503)
    res.end()
    await served.report
  })
})
