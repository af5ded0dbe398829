import { once } from 'node:events'
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2'
import type { Server } from 'node:net'
import { describe, expect, test } from 'vitest'
import { serve, serveOnUnixSocket } from './in-process.js'

/** As a library that keeps long work of its own: it ends that first, and lets the server close when it is over. */
function wrap(server: Server, end: () => unknown) {
  const calls: string[] = []
  const { close } = server
  server.close = function (this: Server, done) {
    calls.push('close')
    Promise.resolve(end()).then(() => close.call(this, done))
    return this
  }
  return calls
}

describe('what a library has put around close()', { timeout: 60_000 }, () => {
  test('ends a stream before the cutoff, once, when nothing else is left', async () => {
    await using served = await serve()
    const [streaming, slow] = [await served.connect(), await served.connect()]
    const streamAsked = served.asked()
    void streaming.request('GET', '/stream')
    const stream = await streamAsked
    stream.write('begun, ')
    await streaming.receives('begun')
    const slowAsked = served.asked()
    const answer = slow.get('/slow')
    const response = await slowAsked
    const order: string[] = []
    const calls = wrap(served.server, () => {
      order.push('close')
      stream.end('whole')
    })
    served.lifecycle.on('cutoff', () => order.push('cutoff'))
    served.lifecycle.on('closing', () =>
      setTimeout(() => {
        order.push('answer')
        response.end('slow')
      }, 300),
    )
    served.signal()
    expect((await answer).text).toBe('slow')
    expect((await streaming.response()).text).toBe('begun, whole')
    expect(await served.report).toMatchObject({
      clean: true,
      hooks: [{ name: 'server.close', outcome: 'done' }],
    })
    expect(order).toEqual(['answer', 'close'])
    expect(calls).toEqual(['close'])
    expect(Object.hasOwn(served.server, 'closeIdleConnections')).toBe(false)
  })

  test('cuts no answer that its client still reads', async () => {
    await using served = await serve()
    const client = await served.connect()
    const asked = served.asked()
    void client.request('GET', '/big')
    client.socket.pause()
    const body = 'x'.repeat(30 * 2 ** 20)
    ;(await asked).end(body)
    let closed = () => {}
    const isClosed = new Promise<void>((resolve) => {
      closed = resolve
    })
    wrap(served.server, () => setTimeout(closed, 50))
    served.signal()
    await isClosed
    client.socket.resume()
    expect((await client.response()).body.length).toBe(body.length)
    expect(await served.report).toMatchObject({ clean: true, cut: [] })
  })

  test('is called when the drain is over where no such work is left, once', async () => {
    await using served = await serve()
    const calls = wrap(served.server, () => {})
    served.signal()
    expect(await served.report).toMatchObject({ clean: true, hooks: [] })
    expect(calls).toEqual(['close'])
  })

  test('ends a stream of HTTP/2', async () => {
    const server = createHttp2Server()
    await using served = await serveOnUnixSocket(server)
    const streams: { end(text: string): void }[] = []
    server.on('stream', (stream) => {
      stream.respond({ ':status': 200 })
      stream.write('begun, ')
      streams.push(stream)
    })
    const calls = wrap(server, () => {
      for (const stream of streams) stream.end('whole')
    })
    const client = connectHttp2('http://localhost', { path: served.path })
    const stream = client.request({ ':path': '/' }).setEncoding('utf8')
    await once(stream, 'response')
    const body = stream.toArray()
    served.signal()
    expect((await body).join('')).toBe('begun, whole')
    expect(await served.report).toMatchObject({ clean: true, cut: [] })
    expect(calls).toEqual(['close'])
    client.destroy()
  })
})
