import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { RawClient, requestBytes } from '@lameduck/conformance'
import { selfSigned } from '@lameduck/conformance/subject'
import { describe, expect, test } from 'vitest'
import { createRealTimeLifecycle } from './in-process.js'
import { isHidden } from './where-hidden.js'

/** Serves, and does not attach yet. Requests are answered by the test, by their paths; `/now` at once. */
async function serveUnattached(tls: boolean) {
  const made = createRealTimeLifecycle()
  const asked = new Map<string, ServerResponse>()
  const listener = (req: { url?: string | undefined }, res: ServerResponse) => {
    if (req.url === '/now') res.end('now')
    else asked.set(req.url ?? '', res)
    server.emit('asked')
  }
  const server = tls ? createTlsServer(selfSigned, listener) : createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const target = { port: (server.address() as AddressInfo).port, protocol: tls ? 'https' : 'http' } as const
  return {
    ...made,
    server,
    /** Resolves when the listener closes. */
    closing: new Promise((resolve) => made.lifecycle.on('closing', resolve)),
    connect: () => RawClient.connect(target),
    /** The response to the request for this path, once it has come. */
    async asked(path: string): Promise<ServerResponse> {
      for (;;) {
        const res = asked.get(path)
        if (res !== undefined) return res
        await once(server, 'asked')
      }
    },
    async attach() {
      made.lifecycle.attach(server)
      await made.lifecycle.ready()
    },
  }
}

describe.skipIf(isHidden('what a server did before it was attached')).concurrent.each([
  ['http', false],
  ['https', true],
])('%s: what a server does when it is attached late', (_protocol, tls) => {
  test('is known: idle connections, and a request in flight', async () => {
    const { attach, connect, asked, signal, report } = await serveUnattached(tls)
    const [idle, busy] = [await connect(), await connect()]
    await idle.get('/now')
    const answer = busy.get('/slow')
    const res = await asked('/slow')
    await attach()
    signal()
    res.end('slow')
    expect((await answer).headers['connection']).toBe('close')
    expect(await Promise.all([idle.closed, busy.closed])).toEqual(['fin', 'fin'])
    expect(await report).toMatchObject({
      clean: true,
      requests: { finished: 1 },
      connections: { idle: 1, 'told-to-leave': 1 },
    })
  })

  test('is known: the first and the last of pipelined requests, those between when it is their turn', async () => {
    const { attach, connect, asked, signal, report } = await serveUnattached(tls)
    const client = await connect()
    const paths = ['/1', '/2', '/3', '/4']
    const answers = paths.map((path) => client.get(path))
    const responses = await Promise.all(paths.map(asked))
    await attach()
    signal()
    for (const [i, res] of responses.entries()) {
      res.end(paths[i])
      await answers[i]
    }
    const told = (await Promise.all(answers)).map(({ headers }) => headers['connection'])
    expect(told).toEqual(['keep-alive', 'keep-alive', 'keep-alive', 'close'])
    expect(await client.closed).toBe('fin')
    expect(await report).toMatchObject({ clean: true, requests: { finished: 4 } })
  })

  test('is known: pipelined requests that are all answered before the first', async () => {
    const { attach, connect, asked, signal, report } = await serveUnattached(tls)
    const client = await connect()
    const answers = ['/slow', '/now', '/now'].map((path) => client.get(path))
    const slow = await asked('/slow')
    await attach()
    const behind = client.get('/behind')
    const last = await asked('/behind')
    signal()
    slow.end('slow')
    last.end('last')
    expect((await Promise.all(answers)).map(({ text }) => text)).toEqual(['slow', 'now', 'now'])
    expect((await behind).text).toBe('last')
    expect(await client.closed).toBe('fin')
    expect((await report).clean).toBe(true)
  })

  test('is known: an upload that was answered before its end', async () => {
    const { attach, connect, asked, signal, closing, report } = await serveUnattached(tls)
    const client = await connect()
    const bytes = requestBytes('POST', '/upload', { body: Buffer.alloc(200_000) })
    await client.send(bytes.subarray(0, 50_000))
    const res = await asked('/upload')
    res.end('enough')
    await client.response()
    await attach()
    signal()
    await closing
    expect(client.ending).toBe(undefined)
    await client.send(bytes.subarray(50_000))
    expect(await client.closed).toBe('fin')
    expect(await report).toMatchObject({ clean: true, cut: [] })
  })

  test('is known: a socket that another protocol has', async () => {
    const { attach, connect, server, signal, closing, report } = await serveUnattached(tls)
    const upgraded = once(server, 'upgrade')
    const client = await connect()
    await client.send('GET /echo HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
    const [, socket] = await upgraded
    await attach()
    signal()
    await closing
    expect(client.ending).toBe(undefined)
    socket.end()
    await client.closed.catch(() => {})
    client.destroy()
    socket.destroy()
    expect((await report).clean).toBe(true)
  })
})
