import { EventEmitter, once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import {
  createSecureServer,
  createServer,
  type Http2SecureServer,
  type Http2Server,
  type Http2ServerResponse,
  type ServerHttp2Stream,
} from 'node:http2'
import { type AddressInfo, connect as connectSocket } from 'node:net'
import { join } from 'node:path'
import { Http2Client, type Http2Exchange, type Http2Response, RawClient } from '@lameduck/conformance'
import { selfSigned } from '@lameduck/conformance/subject'
import { describe, expect, test } from 'vitest'
import type { LifecycleOptions } from '../src/options/options.js'
import { createRealTimeLifecycle, serveOnUnixSocket } from './in-process.js'
import { temporaryFolder } from './temporary-folder.js'

const withHttp1 = () => createSecureServer({ ...selfSigned, allowHTTP1: true })
const nextTurn = () => new Promise(setImmediate)

/**
 * Serves on a port of its own. `/now` is answered at once, everything else by the test, with the stream that `asked()`
 * resolves with.
 */
async function serve(
  options: LifecycleOptions = {},
  server: Http2Server | Http2SecureServer = createServer(),
) {
  const made = createRealTimeLifecycle(options)
  const streams = new EventEmitter()
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {})
    if (headers[':path'] !== '/now') streams.emit('stream', stream)
    else {
      stream.respond()
      stream.end('now')
    }
  })
  made.lifecycle.attach(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  await made.lifecycle.ready()
  const { port } = server.address() as AddressInfo
  const protocol = 'setSecureContext' in server ? 'h2' : 'h2c'
  const clients = new Set<{ destroy(): void }>()
  return {
    ...made,
    server,
    port,
    connect: async () => {
      const client = await Http2Client.connect({ port, protocol })
      clients.add(client)
      return client
    },
    asked: async () => ((await once(streams, 'stream')) as [ServerHttp2Stream])[0],
    closed: async () => {
      while (server.listening) await nextTurn()
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.destroy()
      await made.lifecycle.stop()
    },
  }
}

describe.concurrent('sessions', () => {
  test('are told to go after the window, with or without streams, and streams finish', async () => {
    await using served = await serve()
    const [idle, busy] = [await served.connect(), await served.connect()]
    await Promise.all([idle.get('/now'), busy.get('/now')])
    const answer = busy.get('/slow')
    const stream = await served.asked()
    served.signal()
    expect((await busy.get('/now')).text).toBe('now')
    await idle.closed
    expect(busy.goaways).toMatchObject([{ code: 0, lastStream: 5 }])
    stream.respond()
    stream.end('slow')
    expect((await answer).text).toBe('slow')
    await busy.closed
    expect(await served.report).toMatchObject({
      clean: true,
      requests: { finished: 2, cut: 0 },
      connections: { session: 2 },
    })
  })

  test('that say nothing are closed as silent; one that speaks late is served first', async () => {
    await using served = await serve({ linger: 400 })
    const silent = await Http2Client.silent({ port: served.port })
    const late = await Http2Client.silent({ port: served.port })
    const ended = once(silent.resume(), 'end')
    served.signal()
    await served.closed()
    const session = await Http2Client.over(late)
    expect((await session.get('/now')).text).toBe('now')
    await Promise.all([session.closed, ended])
    expect((await served.report).connections).toEqual({ session: 1, silent: 1 })
  })

  test('that their client ends are counted as such', async () => {
    await using served = await serve({ shutdownDelay: 200 })
    const client = await served.connect()
    await client.get('/now')
    served.signal()
    client.destroy()
    expect((await served.report).connections).toEqual({ 'by-client': 1 })
  })

  test('that were there before the server was attached are known from their next stream on', async () => {
    const { lifecycle, report, signal } = createRealTimeLifecycle()
    const server = createServer((_, res) => void res.end('now')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const client = await Http2Client.connect({ port: (server.address() as AddressInfo).port })
    await client.get('/now')
    lifecycle.attach(server)
    await client.get('/now')
    signal()
    await client.closed
    expect((await report).connections).toEqual({ session: 1 })
  })

  test('share their port with HTTP/1: an upgrade behind an answer that closes is discarded', async () => {
    const server = withHttp1()
    const asked = new EventEmitter()
    server.on('request', (req, res) => {
      if (req.httpVersionMajor === 1) asked.emit('request', res)
    })
    let upgrades = 0
    server.on('upgrade', () => upgrades++)
    await using served = await serve({ shutdownDelay: 200 }, server)
    const client = await RawClient.connect({ port: served.port, protocol: 'https' })
    served.signal()
    const answer = client.get('/last')
    const [res] = (await once(asked, 'request')) as [Http2ServerResponse]
    res.write('la')
    await client.receives('la')
    const { socket } = res.req
    const { bytesRead } = socket
    await client.send('GET /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n')
    while (socket.bytesRead === bytesRead) await nextTurn()
    res.end('st')
    expect(await answer).toMatchObject({ text: 'last', headers: { connection: 'close' } })
    expect(await client.closed).toBe('fin')
    expect(await served.report).toMatchObject({ clean: true, cut: [] })
    expect(upgrades).toBe(0)
  })

  test('share their port with HTTP/1, which ends as everywhere', async () => {
    const server = withHttp1()
    server.on('request', (req, res) => {
      if (req.httpVersionMajor === 1) res.end('one')
    })
    server.on('upgrade', (_, socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'))
    await using served = await serve({ linger: 300 }, server)
    const session = await served.connect()
    const [one, upgraded] = await Promise.all(
      [1, 2].map(() => RawClient.connect({ port: served.port, protocol: 'https' })),
    )
    const mute = await RawClient.connect({ port: served.port })
    void upgraded?.request('GET', '/', { headers: { Connection: 'Upgrade', Upgrade: 'x' } })
    expect((await one?.get('/'))?.text).toBe('one')
    expect((await session.get('/now')).text).toBe('now')
    served.signal()
    expect((await one?.get('/'))?.headers).toMatchObject({ connection: 'close' })
    await session.closed
    expect(await mute.closed).toBe('fin')
    expect((await served.report).connections).toMatchObject({ session: 1, 'told-to-leave': 1, handshake: 1 })
  })
})

describe.concurrent('handshakes', () => {
  test('that begin while the accept queue empties wait for that, and are served', async () => {
    await using served = await serve({ shutdownDelay: 0, linger: 2000 }, withHttp1())
    const closing = new Promise<void>((resolve) => served.lifecycle.on('closing', () => resolve()))
    const busy = await served.connect()
    const answer = busy.get('/slow')
    const stream = await served.asked()
    served.signal()
    await closing
    const [late, gone] = [
      await Http2Client.silent({ port: served.port }),
      await RawClient.connect({ port: served.port }),
    ]
    gone.reset()
    expect(served.server.listening).toBe(true)
    const session = await Http2Client.over(late, 'h2')
    expect((await session.get('/now')).text).toBe('now')
    stream.respond()
    stream.end('slow')
    expect((await answer).text).toBe('slow')
    expect((await served.report).clean).toBe(true)
  })
})

describe.concurrent('streams', () => {
  test('whose handler never reads what is still coming are read to their end', async () => {
    await using served = await serve()
    const client = await served.connect()
    const uploads: Http2Exchange[] = []
    for (const path of ['/before', '/while-draining']) {
      const upload = client.open('POST', path)
      uploads.push(upload)
      void upload.send('half')
      const stream = await served.asked()
      stream.once('data', () => stream.pause())
      await once(stream, 'pause')
      stream.respond()
      stream.end('no')
      if (uploads.length === 1) served.signal()
    }
    for (const upload of uploads) upload.stream.end(Buffer.alloc(100_000))
    for (const upload of uploads) expect((await upload.response()).text).toBe('no')
    expect((await served.report).clean).toBe(true)
  })

  test('whose client is gone before they are handed on are none of ours', async () => {
    await using served = await serve()
    const client = await served.connect()
    client.open('GET', '/gone').stream.close(8)
    client.destroy()
    served.signal()
    expect(await served.report).toMatchObject({ clean: true, requests: { finished: 0, cut: 0 } })
  })

  test("that come late are turned away by late: 'reject'", async () => {
    await using served = await serve({ late: 'reject', linger: 1000 })
    const late = await Http2Client.silent({ port: served.port })
    served.signal()
    await served.closed()
    const session = await Http2Client.over(late)
    expect(await session.ask('POST', '/now', { body: 'x' })).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
    })
    await served.report
  })

  const events = { 'Content-Type': 'text/event-stream' }
  const eventSource = { headers: { accept: 'text/event-stream' } }
  for (const [what, headers, endsInOrder] of [
    ['end in order', events, true],
    ['are cut if they are compressed', { ...events, 'content-encoding': 'gzip' }, false],
    ['are cut if they say how long they are', { ...events, 'Content-Length': 100 }, false],
    ['are not plain text', { 'content-type': 'text/plain' }, false],
  ] as const) {
    test(`of server-sent events ${what}`, async () => {
      await using served = await serve({ gracePeriod: 1000, shutdownDelay: 0 })
      const client = await served.connect()
      const exchange = client.open('GET', '/events', eventSource.headers)
      const stream = await served.asked()
      stream.respond(headers)
      stream.write('data: 1\n\n')
      await exchange.receives('data: 1')
      served.signal()
      const { clean } = await served.report
      stream.write('data: swallowed\n\n')
      expect(clean).toBe(endsInOrder)
      if (endsInOrder) expect((await exchange.response()).text).toBe('data: 1\n\n')
      else await expect(exchange.response()).rejects.toMatchObject({ code: 8 })
    })
  }

  test('of server-sent events that their application ends while others are ended keep its last words', async () => {
    await using served = await serve({ shutdownDelay: 0, linger: 1000 })
    const client = await served.connect()
    const [answers, streams] = [[] as Promise<Http2Response>[], [] as ServerHttp2Stream[]]
    for (let i = 0; i < 3; i++) {
      answers.push(client.ask('GET', `/events/${i}`, eventSource))
      const stream = await served.asked()
      stream.respond(events)
      streams.push(stream)
    }
    served.signal()
    // They are ended one after the other, each in its third of the time.
    await answers[0]
    streams[1]?.end('data: bye\n\n')
    expect((await answers[1])?.text).toBe('data: bye\n\n')
    expect((await answers[2])?.text).toBe('')
    expect((await served.report).clean).toBe(true)
  })

  test('of server-sent events that have been ended still tell their handler that it has written', async () => {
    await using served = await serve({ shutdownDelay: 0 })
    const client = await served.connect()
    const answer = client.ask('GET', '/events', eventSource)
    const stream = await served.asked()
    stream.respond(events)
    served.signal()
    await once(stream, 'prefinish')
    await new Promise<void>((resolve) => stream.write('data: too late\n\n', () => resolve()))
    await new Promise<void>((resolve) => stream.end(resolve))
    expect((await answer).text).toBe('')
    expect((await served.report).clean).toBe(true)
  })

  test('of server-sent events that begin after the listener has closed are ended as well', async () => {
    await using served = await serve({ shutdownDelay: 0 })
    const client = await served.connect()
    const answer = client.ask('GET', '/events', eventSource)
    const stream = await served.asked()
    served.signal()
    await served.closed()
    stream.respond(events)
    stream.write('data: 1\n\n')
    expect((await answer).text).toBe('data: 1\n\n')
    expect((await served.report).clean).toBe(true)
  })
})

describe.concurrent('the cutoff', () => {
  test('answers 503 in place of either API, cancels what has begun, ends tunnels, and names all', async () => {
    const server = createServer({ settings: { enableConnectProtocol: true } })
    server.on('request', (req, res) => {
      if (req.url === '/begun') res.write('half')
    })
    server.on('connect', (_, res) => res.flushHeaders())
    await using served = await serve({ gracePeriod: 1000, shutdownDelay: 0, linger: 0 }, server)
    served.lifecycle.onStop('leaves the cut sessions time to close', () => {})
    const client = await served.connect()
    const [silent, begun] = [client.open('GET', '/silent?secret=1'), client.open('GET', '/begun')]
    await begun.receives('half')
    const tunnel = client.open('CONNECT', '/tunnel', {
      ':protocol': 'echo',
      ':scheme': 'http',
      ':authority': 'a',
    })
    await tunnel.head
    served.signal()
    expect((await silent.response()).status).toBe(503)
    await expect(begun.response()).rejects.toMatchObject({ code: 8 })
    const { cut, clean, requests, connections } = await served.report
    expect(cut.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      'request /silent',
      'request /begun',
      'upgraded /tunnel',
    ])
    expect(cut[0]).toMatchObject({ method: 'GET', remoteAddress: '127.0.0.1' })
    expect({ clean, requests, connections }).toEqual({
      clean: false,
      requests: { finished: 0, cut: 2 },
      connections: { cut: 1 },
    })
  })

  test('ends tunnels whose handlers write on', async () => {
    const server = createServer({ settings: { enableConnectProtocol: true } })
    await using served = await serve({ gracePeriod: 1000, shutdownDelay: 0, linger: 0 }, server)
    const client = await served.connect()
    const tunnel = client.open('CONNECT', '/tunnel', {
      ':protocol': 'echo',
      ':scheme': 'http',
      ':authority': 'a',
    })
    const stream = await served.asked()
    const errors: Error[] = []
    stream.on('error', (error) => errors.push(error))
    stream.respond()
    await tunnel.head
    served.signal()
    await once(stream, 'finish')
    stream.write('too late')
    expect((await served.report).cut).toMatchObject([{ kind: 'upgraded', path: '/tunnel' }])
    expect(errors).toEqual([])
  })

  test('does not count a file as finished that is cut half-way', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'file')
    await writeFile(path, Buffer.alloc(1_000_000))
    await using served = await serve({ gracePeriod: 1000, shutdownDelay: 0, linger: 0 })
    const client = await served.connect()
    const file = client.open('GET', '/file')
    file.stream.pause()
    const stream = await served.asked()
    stream.respondWithFile(path, {})
    await file.head
    served.signal()
    const { cut, requests } = await served.report
    expect(cut).toMatchObject([{ kind: 'request', path: '/file' }])
    expect(requests).toEqual({ finished: 0, cut: 1 })
    await expect(file.response()).rejects.toMatchObject({ code: 8 })
  })

  test('names work on a Unix socket without an address', async () => {
    const server = createServer(() => {})
    await using served = await serveOnUnixSocket(server, { gracePeriod: 800 })
    const client = await Http2Client.over(connectSocket(served.path))
    const asked = once(server, 'stream')
    const answer = client.get('/hangs')
    await asked
    served.signal()
    expect((await answer).status).toBe(503)
    expect((await served.report).cut).toEqual([
      { kind: 'request', method: 'GET', path: '/hangs', age: expect.any(Number) },
    ])
    client.destroy()
  })

  test('names a session that goes on without a request: a pushed stream that never ends', async () => {
    await using served = await serve({ gracePeriod: 800, shutdownDelay: 0, linger: 0 })
    const pushing = await served.connect()
    pushing.session.on('stream', (stream) => stream.on('error', () => {}).resume())
    const answer = pushing.get('/push')
    const stream = await served.asked()
    stream.pushStream({ ':path': '/pushed' }, (_, pushed) => {
      pushed.on('error', () => {}).respond()
      stream.respond()
      stream.end('pushing')
    })
    expect((await answer).text).toBe('pushing')
    served.signal()
    expect((await served.report).cut).toEqual([
      { kind: 'session', age: expect.any(Number), remoteAddress: '127.0.0.1' },
    ])
  })
})

describe.concurrent('probes', () => {
  test('answer ahead of the application, and wait for their checks', async () => {
    await using served = await serve({ shutdownDelay: 300 })
    const check = new EventEmitter()
    served.lifecycle.check('db', () => once(check, 'done'))
    const client = await served.connect()
    const answer = client.get('/readyz')
    while (check.listenerCount('done') === 0) await nextTurn()
    check.emit('done')
    expect(await answer).toMatchObject({ status: 200, text: '{"status":"ok","state":"ready"}' })
    expect(await client.ask('HEAD', '/livez')).toMatchObject({ status: 200, text: '' })
    served.signal()
    expect((await client.get('/readyz')).status).toBe(503)
    expect((await served.report).requests).toEqual({ finished: 0, cut: 0 })
  })
})
