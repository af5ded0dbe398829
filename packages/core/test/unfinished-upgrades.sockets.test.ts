import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Duplex, Readable } from 'node:stream'
import { RawClient } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { createRealTimeLifecycle, serve } from './in-process.js'

// Node 26 reads such a body before it hands on what is said in the new protocol, and gives a stream of its own instead of the
// socket. Earlier versions take the body for the new protocol's first bytes.
const switching = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n'
const heads = {
  upgrade:
    'GET /socket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\nContent-Length: 4\r\n\r\nbo',
  connect: 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\nContent-Length: 4\r\n\r\nbo',
}
const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`

const echo = (_: IncomingMessage, stream: Duplex, head: Buffer) => {
  stream.on('error', () => {})
  stream.write(switching)
  stream.write(head)
  stream.pipe(stream)
}

const closedOf = ({ connections }: { connections: Readonly<Record<string, number>> }) =>
  Object.values(connections).reduce((sum, count) => sum + count, 0)

describe.each(Object.entries(heads))('%s whose body is unfinished', { timeout: 60_000 }, (way, head) => {
  for (const isTls of [false, true]) {
    async function echoing(options: object = {}) {
      const served = await serve({ shutdownDelay: 0, linger: 0, ...options }, undefined, isTls)
      served.server.on(way, echo)
      return served
    }

    for (const isClosed of [false, true]) {
      test(`is one connection, and waited for (TLS ${isTls}, the listener closed ${isClosed})`, async () => {
        await using served = await echoing({ shutdownDelay: isClosed ? 0 : 300 })
        const client = await served.connect()
        await client.send(head)
        await client.receives('101 Switching')
        const closing = served.closing()
        served.signal()
        if (isClosed) await closing
        await new Promise((resolve) => setTimeout(resolve, 50))
        await client.send('dysaid')
        await client.receives('said')
        client.socket.end()
        await client.closed
        const report = await served.report
        expect(report).toMatchObject({ clean: true, cut: [] })
        expect(closedOf(report)).toBe(1)
      })
    }

    test(`behind a request is handed on when that is answered (TLS ${isTls})`, async () => {
      await using served = await echoing({ shutdownDelay: 300 })
      const client = await served.connect()
      let received = ''
      client.socket.on('data', (bytes) => {
        received += bytes.toString('latin1')
      })
      const release = served.lifecycle.hold('the test')
      served.signal()
      const asked = served.asked()
      await client.send(`${get('/slow')}${head}`)
      const res = await asked
      await client.send('dy')
      await new Promise((resolve) => setTimeout(resolve, 50))
      expect(received).toBe('')
      res.end('slow')
      await client.receives('101 Switching')
      expect(received).toMatch(/^HTTP\/1\.1 200 .*slowHTTP\/1\.1 101/s)
      await client.send('said')
      await client.receives('said')
      client.socket.end()
      await client.closed
      release()
      expect(await served.report).toMatchObject({ clean: true, cut: [], requests: { finished: 1 } })
    })

    test(`behind a large answer leaves that whole, also when its body ends meanwhile (TLS ${isTls})`, async () => {
      await using served = await echoing({ shutdownDelay: 300, gracePeriod: 60_000 })
      const client = await served.connect()
      client.socket.removeAllListeners('data')
      let length = 0
      let tail = ''
      client.socket.on('data', (bytes) => {
        length += bytes.length
        tail = (tail + bytes.toString('latin1')).slice(-1000)
      })
      const receives = async (text: string) => {
        while (!tail.includes(text)) await new Promise(setImmediate)
      }
      const release = served.lifecycle.hold('the test')
      served.signal()
      const asked = served.asked()
      // An answer to a request that is not read whole does not say close.
      await client.send('POST /big HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n')
      const res = await asked
      client.socket.pause()
      res.setHeader('content-length', 16 * 2 ** 20)
      Readable.from(Array.from({ length: 16 }, () => Buffer.alloc(2 ** 20, 'b'))).pipe(res)
      while (!res.writableNeedDrain) await new Promise(setImmediate)
      await client.send(`body${head}`)
      await client.send('dy')
      for (let turns = 0; turns < 100; turns++) await new Promise(setImmediate)
      client.socket.resume()
      await receives('101 Switching')
      expect(length).toBeGreaterThan(16 * 2 ** 20)
      await client.send('said')
      await receives('said')
      client.destroy()
      release()
      expect(await served.report).toMatchObject({ clean: true, cut: [], requests: { finished: 1 } })
    })

    test(`behind an answer that says close is not seen (TLS ${isTls})`, async () => {
      await using served = await echoing({ shutdownDelay: 300 })
      let seen = 0
      served.server.prependListener(way, () => seen++)
      const client = await served.connect()
      served.signal()
      const asked = served.asked()
      await client.send(get('/slow'))
      const res = await asked
      await client.send(head)
      res.writeHead(200, { Connection: 'close' }).end('slow')
      await client.send('dysaid')
      await client.closed
      expect(await served.report).toMatchObject({ clean: true, cut: [], requests: { finished: 1 } })
      expect(seen).toBe(0)
    })

    test(`is cut as what it is (TLS ${isTls})`, async () => {
      await using served = await echoing({ gracePeriod: 2000 })
      const client = await served.connect()
      await client.send(head)
      await client.receives('101 Switching')
      served.signal()
      const report = await served.report
      expect(report.cut).toMatchObject([{ kind: 'upgraded', method: way === 'connect' ? 'CONNECT' : 'GET' }])
      expect(closedOf(report)).toBe(1)
    })
  }

  test('is known where its server is attached later', async () => {
    const server = createServer().on(way, echo)
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const client = await RawClient.connect({ port: (server.address() as AddressInfo).port })
    await client.send(head)
    await client.receives('101 Switching')
    const { lifecycle, report, signal } = createRealTimeLifecycle({ shutdownDelay: 0, linger: 0 })
    await lifecycle.attach(server).ready()
    const closing = new Promise<void>((resolve) => lifecycle.on('closing', () => resolve()))
    signal()
    await closing
    await new Promise((resolve) => setTimeout(resolve, 50))
    await client.send('dysaid')
    await client.receives('said')
    client.socket.end()
    await client.closed
    expect(closedOf(await report)).toBe(1)
    expect(await report).toMatchObject({ clean: true, cut: [] })
  })
})

test('a WebSocket that began with a body is told 1001, and nothing before', async () => {
  const { lifecycle, report, signal } = createRealTimeLifecycle({ shutdownDelay: 0, linger: 0 })
  const server = createServer()
  const webSockets = new WebSocketServer({ server })
  lifecycle.attach(server).attach(webSockets)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  await lifecycle.ready()
  const client = await RawClient.connect({ port: (server.address() as AddressInfo).port })
  const ours =
    'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13'
  await client.send(`GET / HTTP/1.1\r\nHost: a\r\n${ours}\r\nContent-Length: 4\r\n\r\n`)
  await client.receives('101 Switching')
  signal()
  // The frame: FIN and opcode 8, 12 bytes, and the code.
  await client.receives('Going Away')
  client.socket.end()
  await client.closed
  expect(await report).toMatchObject({ clean: true, cut: [] })
})
