import { once } from 'node:events'
import { createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { Http2Client, RawClient } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import type { Lifecycle } from '../src/lifecycle/lifecycle.js'
import { createRealTimeLifecycle, freePort, serve } from './in-process.js'

/** Nothing here may take as long as this. */
const patient = { gracePeriod: 30_000, shutdownDelay: 0 } as const

/** A readiness check that hangs for far longer than the grace period; resolves when it has begun. */
function hangingCheck(lifecycle: Lifecycle): Promise<void> {
  return new Promise((resolve) => {
    const hang = () => {
      resolve()
      return new Promise(() => {})
    }
    lifecycle.check('hangs', hang, { timeout: 600_000 })
  })
}

describe.concurrent('a probe that does not end', () => {
  test('because a check hangs is answered 503, and holds no drain', async () => {
    await using served = await serve(patient)
    const begun = hangingCheck(served.lifecycle)
    const client = await served.connect()
    const answer = client.get('/readyz')
    await begun
    let isCutOff = false
    served.lifecycle.on('cutoff', () => {
      isCutOff = true
    })
    served.signal()
    expect((await answer).status).toBe(503)
    expect(await client.closed).toBe('fin')
    expect(await served.report).toMatchObject({ clean: true, requests: { finished: 0, cut: 0 } })
    expect(isCutOff).toBe(false)
  })

  test('because a check hangs is answered 503 on HTTP/2 as well', async () => {
    const { lifecycle, report, signal } = createRealTimeLifecycle(patient)
    const begun = hangingCheck(lifecycle)
    const server = createHttp2Server()
    lifecycle.attach(server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    await lifecycle.ready()
    const client = await Http2Client.connect({ port: (server.address() as AddressInfo).port })
    const answer = client.get('/readyz')
    await begun
    signal()
    expect((await answer).status).toBe(503)
    await client.closed
    expect(await report).toMatchObject({ clean: true, requests: { finished: 0, cut: 0 } })
  })

  test('because nobody reads its answer, and that of thousands behind it, holds no drain', async () => {
    await using served = await serve(patient)
    const client = await served.connect()
    client.pause()
    let asked = 0
    const probes = 'GET /livez HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(1000)
    const [socket] = served.sockets
    while (asked < 100 && socket?.writableLength === 0) {
      void client.send(probes)
      asked++
      for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
    }
    expect(socket?.writableLength).toBeGreaterThan(0)
    served.signal()
    expect(await served.report).toMatchObject({ clean: true, connections: { idle: 1 } })
  })

  test('gets no 408 when its client is told to go, and work behind it is finished', async () => {
    await using served = await serve(patient)
    const client = await served.connect()
    void client.send('GET /readyz HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n')
    expect((await client.response()).status).toBe(200)
    const closing = served.closing()
    served.signal()
    await closing
    void client.send('12345')
    expect((await client.get('/now')).text).toBe('now')
    expect(await served.report).toMatchObject({ clean: true, requests: { finished: 1, cut: 0 } })
  })

  test('does not hold a lifecycle whose probes have a port of their own', async () => {
    const port = await freePort()
    const { lifecycle } = createRealTimeLifecycle({ ...patient, probes: { port, host: '127.0.0.1' } })
    const client = await connectOnceListening(port)
    void client.send('GET /livez HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n')
    expect((await client.response()).status).toBe(200)
    const begun = hangingCheck(lifecycle)
    const other = await RawClient.connect({ port })
    await lifecycle.ready()
    other.get('/readyz').catch(() => {})
    await begun
    expect(await lifecycle.stop()).toMatchObject({ clean: true })
    await Promise.all([client.closed, other.closed])
  })
})

async function connectOnceListening(port: number): Promise<RawClient> {
  try {
    return await RawClient.connect({ port })
  } catch {
    await new Promise(setImmediate)
    return connectOnceListening(port)
  }
}
