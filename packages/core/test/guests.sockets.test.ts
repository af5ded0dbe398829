import { once } from 'node:events'
import { createServer, IncomingMessage, type RequestListener, ServerResponse } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { Http2Client } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { createRealTimeLifecycle, serve } from './in-process.js'

type Way = (...[req, res]: Parameters<RequestListener>) => void

/** What applications and libraries do to the objects that Node gives them. */
const ways: Readonly<Record<string, Way>> = {
  'take the socket off the request': (req) => Object.assign(req, { socket: null }),
  'take the request off the response': (_, res) => {
    // Before that, Node 26 looks at it itself.
    res.once('finish', () => Object.assign(res, { req: null }))
  },
  'put another socket there': (req) => Object.assign(req, { socket: { remoteAddress: '192.0.2.1' } }),
  'remove every listener of close': (req, res) => {
    const { socket } = req
    res.removeAllListeners('close')
    socket.removeAllListeners('close')
  },
  'remove headers, URL and method': (req) => {
    Object.assign(req, { headers: undefined, rawHeaders: undefined, url: null, method: undefined })
  },
}

const noGzip = Buffer.alloc(1000, 'x')

/** A library that gives up on a body half way. */
const unzip: RequestListener = (req, res) => {
  const gunzip = createGunzip()
  gunzip.on('error', () => {}).resume()
  pipeline(req, gunzip, () => res.writeHead(400).end('no gzip'))
}

describe.concurrent('applications that treat the objects of Node roughly hold no drain', () => {
  for (const [what, way] of Object.entries(ways)) {
    test(`${what}: before the trigger, in flight at it, and while draining`, async () => {
      const waiting: ServerResponse[] = []
      await using served = await serve({ linger: 2000 }, (req, res) => {
        const isSlow = req.url === '/slow'
        way(req, res)
        if (isSlow) waiting.push(res)
        else res.end('fine')
      })
      const [before, during, later] = [await served.connect(), await served.connect(), await served.connect()]
      expect((await before.get('/rough')).text).toBe('fine')
      await later.get('/now')
      const answer = during.get('/slow')
      while (waiting.length === 0) await new Promise(setImmediate)
      served.signal()
      expect(await later.get('/rough')).toMatchObject({ text: 'fine', headers: { connection: 'close' } })
      for (const res of waiting) res.end('slow')
      expect(await answer).toMatchObject({ text: 'slow', headers: { connection: 'close' } })
      expect(await served.report).toMatchObject({ clean: true, cut: [] })
    })
  }

  test('an upload whose pipeline failed is answered, and read to its end', async () => {
    await using served = await serve({ linger: 2000 }, unzip)
    const [before, during] = [await served.connect(), await served.connect()]
    expect((await before.ask('POST', '/zip', { body: noGzip })).status).toBe(400)
    await during.send('POST /zip HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n\r\nno gzip at')
    expect((await during.response()).status).toBe(400)
    served.signal()
    await during.send(' all, this')
    expect(await served.report).toMatchObject({ clean: true, cut: [] })
  })

  test('the same on HTTP/2', async () => {
    const { lifecycle, report, signal } = createRealTimeLifecycle({ linger: 2000 })
    const server = createHttp2Server(unzip as never)
    lifecycle.attach(server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    await lifecycle.ready()
    const { port } = server.address() as AddressInfo
    const client = await Http2Client.connect({ port, protocol: 'h2c' })
    expect((await client.ask('POST', '/zip', { body: noGzip })).status).toBe(400)
    const upload = client.open('POST', '/zip')
    upload.stream.write('no gzip at')
    await upload.head
    signal()
    upload.stream.end(' all, this')
    expect(await report).toMatchObject({ clean: true, cut: [] })
    client.destroy()
  })

  test('a response that nobody can write to keeps no other from its 503', async () => {
    const waiting: ServerResponse[] = []
    await using served = await serve({ gracePeriod: 1000, shutdownDelay: 0, linger: 0 }, (_, res) => {
      waiting.push(res)
    })
    const [frozen, hanging] = [await served.connect(), await served.connect()]
    void frozen.request('GET', '/frozen')
    while (waiting.length < 1) await new Promise(setImmediate)
    Object.defineProperty(waiting[0], 'setHeader', {
      value() {
        throw new Error('no more headers')
      },
    })
    void hanging.request('GET', '/hanging')
    while (waiting.length < 2) await new Promise(setImmediate)
    served.signal()
    expect((await hanging.response()).status).toBe(503)
    expect((await served.report).cut.map(({ path }) => path).sort()).toEqual(['/frozen', '/hanging'])
  })
})

describe('requests that are emitted by hand', () => {
  const emit = (server: ReturnType<typeof createServer>, socket: unknown, url: string) => {
    const req = new IncomingMessage(socket as Socket)
    Object.assign(req, { method: 'GET', url, headers: {}, complete: true })
    const res = new ServerResponse(req)
    server.emit('request', req, res)
    return res
  }

  test('hold no drain once they are answered, whatever their socket is', async () => {
    const { lifecycle } = createRealTimeLifecycle({ shutdownDelay: 0 })
    const asked: (string | undefined)[] = []
    const server = createServer(({ url }, res) => {
      asked.push(url)
      res.end('fine')
      res.emit('close')
    })
    lifecycle.attach(server)
    await lifecycle.ready()
    for (const socket of [{ readable: false, destroy() {} }, null]) emit(server, socket, '/by-hand')
    server.emit('request', { url: '/bare', method: 'GET' } as never, { end() {}, emit() {} } as never)
    server.emit('upgrade', { headers: {}, url: '/' } as never, { on() {}, write() {} } as never, Buffer.of())
    expect(asked).toEqual(['/by-hand', '/by-hand', '/bare'])
    const stopped = lifecycle.stop()
    emit(server, null, '/late')
    expect(await stopped).toMatchObject({ clean: true, cut: [], connections: {} })
  })
})
