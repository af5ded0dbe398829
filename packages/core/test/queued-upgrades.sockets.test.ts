import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { serve } from './in-process.js'

const switching = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n'
const ways = {
  upgrade: 'GET /socket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n',
  connect: 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n',
}
const upload = 'POST /late HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n'
const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`
const megabytes = 16
const bigAnswers: ServerResponse[] = []

/** Answers that take turns, are larger than what the kernel takes, or say that the connection closes. */
function handle({ url }: IncomingMessage, res: ServerResponse): void {
  if (url === '/late') setTimeout(() => res.end('late'), 2)
  else if (url === '/stream') Readable.from(['one', 'two', 'three']).pipe(res)
  else if (url === '/big') {
    bigAnswers.push(res)
    res.setHeader('content-length', megabytes * 2 ** 20)
    Readable.from(Array.from({ length: megabytes }, () => Buffer.alloc(2 ** 20, 'b'))).pipe(res)
  } else if (url === '/last') setTimeout(() => res.writeHead(200, { connection: 'close' }).end('last'), 2)
}

/** What an HTTP server might leave on a socket that it gives away. */
const leftBehind = (socket: Socket) => ({
  timeout: socket.timeout ?? 0,
  listeners: ['error', 'drain', 'timeout'].map((event) => socket.listenerCount(event)),
})

/** Draining, with a server that answers `handle`'s way and speaks back whatever is said in another protocol. */
async function drain(way: string, { isClosed, isTls }: { isClosed: boolean; isTls: boolean }) {
  const served = await serve(
    { gracePeriod: 60_000, shutdownDelay: isClosed ? 0 : 60, linger: 0 },
    handle,
    isTls,
  )
  const upgraded: object[] = []
  served.server.on(way, (_, socket: Socket, head) => {
    upgraded.push(leftBehind(socket))
    socket.write(switching)
    socket.write(head)
    socket.pipe(socket)
  })
  const [client, another] = [await served.connect(), await served.connect()]
  for (const each of [client, another]) await each.get('/now')
  client.socket.removeAllListeners('data')
  let received = ''
  client.socket.on('data', (bytes) => {
    received += bytes.toString('latin1')
  })
  const release = served.lifecycle.hold('the test')
  const closing = served.closing()
  served.signal()
  if (isClosed) await closing
  return {
    ...served,
    async [Symbol.asyncDispose]() {
      release()
      await served[Symbol.asyncDispose]()
    },
    client,
    another,
    upgraded,
    release,
    /** Whether more is to be written to a connection than its client takes. */
    isStuck: () => bigAnswers.some(({ writableNeedDrain }) => writableNeedDrain),
    received: async (text: string) => {
      while (!received.endsWith(text) && client.ending === undefined) await new Promise(setImmediate)
      return received
    },
  }
}

/** What comes in an answer's place, in order. */
const inOrder = (received: string) =>
  received.match(/HTTP\/1\.1 \d+|(?<=\r\n\r\n)(?:now|late)|one|two|three|head|said/g)

const places = [false, true].flatMap((isTls) =>
  [false, true].flatMap((isClosed) =>
    Object.entries(ways).map(([way, bytes]) => ({ way, bytes, isClosed, isTls })),
  ),
)

describe.each(places)('$way behind requests, TLS $isTls, the listener closed $isClosed', (place) => {
  const { way, bytes } = place

  test('is handed on when they are answered, with all that was said in the new protocol', {
    timeout: 60_000,
  }, async () => {
    await using served = await drain(way, place)
    const { client, another, received, upgraded, release } = served
    await client.send(`${upload}${get('/now')}${get('/stream')}${get('/now')}${bytes}head`)
    await client.send('said')
    expect(inOrder(await received('said'))).toEqual([
      ...['HTTP/1.1 200', 'late', 'HTTP/1.1 200', 'now', 'HTTP/1.1 200', 'one', 'two', 'three'],
      ...['HTTP/1.1 200', 'now', 'HTTP/1.1 101', 'head', 'said'],
    ])
    // As a socket is that has asked for nothing else.
    await another.send(bytes)
    await another.receives('101')
    expect(upgraded[0]).toEqual(upgraded[1])
    another.destroy()
    client.socket.end()
    await client.closed
    release()
    expect(await served.report).toMatchObject({ clean: true, cut: [], requests: { finished: 4 } })
  })

  test('waits for a large one that its client reads slowly', { timeout: 60_000 }, async () => {
    await using served = await drain(way, place)
    const { client, received, isStuck, release } = served
    client.socket.pause()
    await client.send('POST /big HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n')
    for (let turns = 0; turns < 200; turns++) {
      await new Promise(setImmediate)
      if (!isStuck()) turns = 0
    }
    await client.send(`body${get('/now')}${get('/now')}${bytes}head`)
    for (let turns = 0; turns < 100; turns++) await new Promise(setImmediate)
    expect(served.upgraded).toEqual([])
    client.socket.resume()
    await client.send('said')
    const all = await received('said')
    expect(all.lastIndexOf('b') + 1 - all.indexOf('bbb')).toBe(megabytes * 2 ** 20)
    expect(inOrder(all)).toEqual([
      ...['HTTP/1.1 200', 'HTTP/1.1 200', 'now', 'HTTP/1.1 200', 'now', 'HTTP/1.1 101', 'head', 'said'],
    ])
    client.socket.end()
    await client.closed
    release()
    expect(await served.report).toMatchObject({ clean: true, cut: [] })
  })

  test('is not seen behind an answer that says close', {
    timeout: 60_000,
  }, async () => {
    await using served = await drain(way, place)
    const { client, upgraded, release } = served
    await client.send(`${get('/last')}${bytes}head`)
    await client.send('said')
    expect(await client.closed).toBe('fin')
    release()
    expect(await served.report).toMatchObject({ clean: true, cut: [], requests: { finished: 1 } })
    expect(upgraded).toEqual([])
  })

  test('is not seen if its client goes', { timeout: 60_000 }, async () => {
    await using served = await drain(way, place)
    const { client, upgraded, release } = served
    client.socket.pause()
    await client.send(`${get('/big')}${bytes}head`)
    client.reset()
    await client.closed
    release()
    expect(await served.report).toMatchObject({ clean: true, cut: [] })
    expect(upgraded).toEqual([])
  })
})
