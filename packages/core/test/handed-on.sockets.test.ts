import { once } from 'node:events'
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttp2Server, type Http2Server, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { Http2Client, RawClient } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { createRealTimeLifecycle } from './in-process.js'

const portOf = (server: Server | Http2Server) => (server.address() as AddressInfo).port

async function listen(...servers: (Server | Http2Server)[]): Promise<void> {
  for (const server of servers) {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  }
}

/** Two servers on a lifecycle each; whoever connects to the first is served by the second. */
async function serveByAnother(listener: RequestListener, hand: (front: Server, back: Server) => void) {
  const lifecycles = [createRealTimeLifecycle(), createRealTimeLifecycle()] as const
  const [front, back] = [createServer(), createServer(listener)]
  hand(front, back)
  lifecycles[0].lifecycle.attach(front)
  lifecycles[1].lifecycle.attach(back)
  await listen(front, back)
  await Promise.all(lifecycles.map(({ lifecycle }) => lifecycle.ready()))
  return {
    back,
    client: await RawClient.connect({ port: portOf(front) }),
    async stop() {
      const counts = lifecycles.map(
        ({ lifecycle }) =>
          new Promise((resolve) =>
            lifecycle.on('closing', ({ inFlight, connections }) => resolve({ inFlight, connections })),
          ),
      )
      for (const { signal } of lifecycles) signal()
      const reports = await Promise.all(lifecycles.map(({ report }) => report))
      return { counts: await Promise.all(counts), reports }
    },
  }
}

const whole = (front: Server, back: Server) => {
  front.removeAllListeners('connection').on('connection', (socket) => void back.emit('connection', socket))
}

const byConnect = (front: Server, back: Server) => {
  front.on('connect', (_, socket) => {
    // The length is for the client of these tests, which does not know CONNECT.
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
    back.emit('connection', socket)
  })
}

describe('a connection that one server hands on to another', () => {
  test("is the other one's: what is in flight on it is waited for there", async () => {
    const asked: ServerResponse[] = []
    const { client, back, stop } = await serveByAnother((_, res) => void asked.push(res), whole)
    const answer = client.get('/slow')
    await once(back, 'request')
    const stopped = stop()
    setTimeout(() => asked[0]?.end('slow'), 300)
    expect(await answer).toMatchObject({ status: 200, text: 'slow', headers: { connection: 'close' } })
    const { counts, reports } = await stopped
    expect(counts).toEqual([
      { inFlight: 0, connections: 0 },
      { inFlight: 1, connections: 1 },
    ])
    expect(reports).toMatchObject([
      { clean: true, requests: { finished: 0 } },
      { clean: true, requests: { finished: 1 } },
    ])
  })

  test("is nobody's when its client has gone in the middle of a request", async () => {
    const { client, back, stop } = await serveByAnother(() => {}, whole)
    void client.get('/gone').catch(() => {})
    const [, res] = (await once(back, 'request')) as [unknown, ServerResponse]
    client.destroy()
    await once(res, 'close')
    const { counts, reports } = await stop()
    expect(counts).toEqual(Array.from({ length: 2 }, () => ({ inFlight: 0, connections: 0 })))
    expect(reports).toMatchObject([{ clean: true }, { clean: true }])
  })

  test('by CONNECT is idle when it has no request, not a tunnel to be waited for', async () => {
    const { client, stop } = await serveByAnother((_, res) => res.end('behind'), byConnect)
    expect((await client.ask('CONNECT', 'inner:80')).status).toBe(200)
    expect((await client.get('/')).text).toBe('behind')
    const { reports } = await stop()
    expect(reports).toMatchObject([
      { clean: true, cut: [] },
      { clean: true, cut: [] },
    ])
    expect(client.ending).toBe('fin')
  })
})

describe('a stream of HTTP/2 that is handed on', () => {
  test.each([
    ['to another path', (front: Http2Server) => front],
    ['to another server', (_: Http2Server, back: Http2Server) => back],
  ])('%s is one request, which is over when it is answered', async (_, next) => {
    const { lifecycle, report, signal } = createRealTimeLifecycle()
    const [front, back] = [createHttp2Server(), createHttp2Server()]
    const answer = (stream: ServerHttp2Stream) => {
      stream.respond()
      stream.end('answer')
    }
    front.on('stream', (stream, headers) => {
      if (headers[':path'] === '/old')
        next(front, back).emit('stream', stream, { ...headers, ':path': '/new' }, 0)
      else answer(stream)
    })
    back.on('stream', answer)
    lifecycle.attach(front).attach(back)
    await listen(front, back)
    await lifecycle.ready()
    const client = await Http2Client.connect({ port: portOf(front), protocol: 'h2c' })
    expect((await client.get('/old')).text).toBe('answer')
    const counted = new Promise((resolve) => lifecycle.on('closing', ({ inFlight }) => resolve(inFlight)))
    signal()
    expect(await counted).toBe(0)
    expect(await report).toMatchObject({ clean: true, cut: [] })
  })
})
