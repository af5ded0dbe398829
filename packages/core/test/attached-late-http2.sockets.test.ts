import { once } from 'node:events'
import {
  createSecureServer,
  createServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Stream,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import { Http2Client, RawClient } from '@lameduck/conformance'
import { selfSigned } from '@lameduck/conformance/subject'
import { describe, expect, test } from 'vitest'
import { createRealTimeLifecycle } from './in-process.js'
import { isHidden } from './where-hidden.js'

/** Serves HTTP/2, and HTTP/1 where there is TLS, and does not attach yet. Requests are answered by the test. */
async function serveUnattached(tls: boolean) {
  const made = createRealTimeLifecycle({ gracePeriod: 2000 })
  const server = tls ? createSecureServer({ ...selfSigned, allowHTTP1: true }) : createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    ...made,
    server,
    session: () => Http2Client.connect({ port, protocol: tls ? 'h2' : 'h2c' }),
    connect: () => RawClient.connect({ port, protocol: 'https' }),
    async attach() {
      made.lifecycle.attach(server)
      await made.lifecycle.ready()
    },
  }
}

describe.skipIf(isHidden('what a server did before it was attached')).concurrent.each([
  ['in clear text', false],
  ['with TLS', true],
])('HTTP/2 %s: what a server does when it is attached late', (_name, tls) => {
  test('is known: an idle session, and a stream in flight', async () => {
    const { attach, server, session, signal, report } = await serveUnattached(tls)
    const streams = once(server, 'stream')
    const [busy, idle] = [await session(), await session()]
    const slow = busy.open('GET', '/slow')
    const [stream] = (await streams) as [ServerHttp2Stream]
    await attach()
    signal()
    await idle.closed
    expect(idle.goaways[0]).toMatchObject({ code: 0 })
    stream.respond({ ':status': 200 })
    stream.end('slow')
    expect((await slow.response()).text).toBe('slow')
    await busy.closed
    expect(await report).toMatchObject({
      clean: true,
      requests: { finished: 1 },
      connections: { session: 2 },
    })
  })

  test('is known: requests of the compatibility API, which are named if they are cut', async () => {
    const { attach, server, session, signal, report } = await serveUnattached(tls)
    const requests = once(server, 'request')
    const client = await session()
    const hanging = client.open('GET', '/hang?token=secret')
    const [, response] = (await requests) as [Http2ServerRequest, Http2ServerResponse]
    await attach()
    signal()
    expect(await hanging.response()).toMatchObject({ status: 503 })
    response.end('too late')
    expect((await report).cut).toMatchObject([{ kind: 'request', method: 'GET', path: '/hang' }])
  })

  test('is known: a request for the head alone, which gets no body at the cutoff either', async () => {
    const { attach, server, session, signal, report } = await serveUnattached(tls)
    const streams = once(server, 'stream')
    const client = await session()
    const hanging = client.open('HEAD', '/hang')
    await streams
    await attach()
    signal()
    expect(await hanging.response()).toMatchObject({ status: 503, text: '' })
    expect((await report).cut).toMatchObject([{ kind: 'request', method: 'HEAD' }])
  })

  test('is served: a stream that is opened after it on a session from before it', async () => {
    const { attach, server, session, signal, report } = await serveUnattached(tls)
    const client = await session()
    await attach()
    server.on('stream', (stream: ServerHttp2Stream) => {
      signal()
      stream.respond({ ':status': 200 })
      stream.end('served')
    })
    expect((await client.open('GET', '/').response()).text).toBe('served')
    await client.closed
    expect(await report).toMatchObject({ clean: true, requests: { finished: 1 } })
  })
})

test.skipIf(isHidden('what a server did before it was attached'))(
  'HTTP/1 beside HTTP/2: connections from before a server was attached are known',
  async () => {
    const { attach, server, connect, signal, report } = await serveUnattached(true)
    const requests = once(server, 'request')
    const [idle, busy] = [await connect(), await connect()]
    const answer = busy.get('/slow')
    const [, response] = (await requests) as [Http2ServerRequest, Http2ServerResponse]
    await attach()
    signal()
    expect(await idle.closed).toBe('fin')
    response.end('slow')
    expect(await answer).toMatchObject({ text: 'slow', headers: { connection: 'close' } })
    expect(await busy.closed).toBe('fin')
    expect(await report).toMatchObject({ clean: true, requests: { finished: 1 } })
  },
)

test('HTTP/1 that was turned away before the server was attached does not hold the drain', async () => {
  const { lifecycle, signal, report } = createRealTimeLifecycle({ gracePeriod: 1000 })
  const server = createSecureServer(selfSigned).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  // Its declaration leaves this option of Node's out.
  const halfOpen: ConnectionOptions & { allowHalfOpen: true } = { port, allowHalfOpen: true }
  const client = connectTls({ ...halfOpen, host: '127.0.0.1', rejectUnauthorized: false })
  await once(client.resume(), 'end')
  lifecycle.attach(server)
  await lifecycle.ready()
  signal()
  expect(await report).toMatchObject({ clean: true, cut: [] })
  client.destroy()
})
