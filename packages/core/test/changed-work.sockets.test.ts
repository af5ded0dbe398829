import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { RawClient, requestBytes } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { createRealTimeLifecycle, serve } from './in-process.js'
import { isHidden } from './where-hidden.js'

describe.skipIf(isHidden('what it answers itself'))(
  'requests that Node answers itself, behind one that is under way',
  () => {
    test.each([
      ['beyond the most that a connection may ask', 2, ''],
      ['with an expectation that it does not know', 0, 'Expect: wonders\r\n'],
    ])('%s, are not waited for in vain', async (_, maxRequestsPerSocket, header) => {
      await using served = await serve({ shutdownDelay: 0, linger: 0 })
      Object.assign(served.server, { maxRequestsPerSocket })
      const client = await served.connect()
      await client.get('/now')
      const asked = served.asked()
      await client.send(`GET /slow HTTP/1.1\r\nHost: a\r\n\r\nGET /none HTTP/1.1\r\nHost: a\r\n${header}\r\n`)
      const res = await asked
      served.signal()
      res.end('slow')
      expect((await client.response()).text).toBe('slow')
      expect((await client.response()).status).toBe(maxRequestsPerSocket === 0 ? 417 : 503)
      expect(await served.report).toMatchObject({ clean: true, cut: [] })
    })
  },
)

const needsItsRequest = Number.parseInt(process.versions.node, 10) >= 26
if (needsItsRequest) console.info('left out: Node 26 itself fails where a response has lost its request')

describe.concurrent('whatever an application does to a response', () => {
  test.skipIf(needsItsRequest).each<[string, (res: ServerResponse) => void]>([
    ['takes its request off', (res) => Reflect.deleteProperty(res, 'req')],
    ['puts something else in the place of its request', (res) => Object.assign(res, { req: {} })],
    [
      'puts a proxy in the place of its request',
      (res) => Object.assign(res, { req: new Proxy(res.req, {}) }),
    ],
  ])('that %s, it is answered, and what is pipelined behind it', async (_, change) => {
    const asked: ServerResponse[] = []
    await using served = await serve({ shutdownDelay: 0, linger: 0 }, (req, res) => {
      if (req.url === '/changed') change(res)
      asked.push(res)
    })
    for (const paths of [['/changed'], ['/changed', '/behind']]) {
      const client = await served.connect()
      await client.get('/now')
      await client.send(Buffer.concat(paths.map((path) => requestBytes('GET', path))))
      void Promise.all(paths.map(async (path) => expect((await client.response()).text).toBe(path)))
    }
    while (asked.length < 3) await new Promise(setImmediate)
    served.signal()
    asked.forEach((res, i) => void res.end(i === 2 ? '/behind' : '/changed'))
    expect(await served.report).toMatchObject({ clean: true, requests: { finished: 3, cut: 0 } })
  })

  test.skipIf(isHidden('requests are counted before they are sealed'))(
    'that nothing can be put on, the requests of others are found',
    async () => {
      const asked = new Map<string | undefined, ServerResponse>()
      await using served = await serve({ shutdownDelay: 0, linger: 0 }, (req, res) => {
        if (req.url === '/sealed') Object.preventExtensions(res)
        asked.set(req.url, res)
      })
      const clients = []
      for (const path of ['/sealed', '/open']) {
        const client = await served.connect()
        clients.push(client)
        await client.get('/now')
        void client.request('GET', path)
        while (!asked.has(path)) await new Promise(setImmediate)
      }
      served.signal()
      asked.get('/open')?.end('open')
      expect((await clients[1]?.response())?.text).toBe('open')
      expect((await served.report).requests).toEqual({ finished: 1, cut: 0 })
    },
  )
})

test('a request with a URL that is too long to be noted is no probe, whatever an application has made of it', async () => {
  await using served = await serve({ shutdownDelay: 0, linger: 0 }, (req, res) => {
    req.url = '/readyz'
    served.server.emit('served', res)
  })
  const client = await served.connect()
  await client.get('/now')
  const asked = once(served.server, 'served')
  const answer = client.get(`/internal/readyz?${'x'.repeat(300)}`)
  const [res] = (await asked) as [ServerResponse]
  served.signal()
  res.end('work')
  expect((await answer).text).toBe('work')
  expect((await served.report).requests).toEqual({ finished: 1, cut: 0 })
})

test('a connection whose requests servers hand to each other has one listener of ours, and is counted once', async () => {
  const made = createRealTimeLifecycle({ shutdownDelay: 0, linger: 20_000 })
  const back = createServer((_, res) => res.end('back'))
  const front = createServer((req, res) => back.emit('request', req, res))
  made.lifecycle.attach(back).attach(front)
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  await made.lifecycle.ready()
  let socket: Socket | undefined
  front.on('connection', (accepted: Socket) => {
    socket = accepted
  })
  const client = await RawClient.connect({ port: (front.address() as AddressInfo).port })
  await client.get('/')
  const listeners = socket?.listenerCount('close')
  for (let i = 0; i < 20; i++) await client.get('/')
  expect(socket?.listenerCount('close')).toBe(listeners)
  made.signal()
  expect((await client.get('/')).headers).toMatchObject({ connection: 'close' })
  expect((await made.report).connections).toEqual({ 'told-to-leave': 1 })
})

test('an upgrade behind a response that nothing can be put on is handed on', async () => {
  await using served = await serve(
    { shutdownDelay: 0, linger: 0 },
    (_, res) => void Object.preventExtensions(res),
  )
  served.server.on('upgrade', (_, socket: Socket) => void socket.end('upgraded'))
  const client = await served.connect()
  await client.get('/now')
  await client.send(
    'GET /sealed HTTP/1.1\r\nHost: a\r\n\r\nGET /up HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n',
  )
  await client.receives('upgraded')
})

test('an event of a request that has none is handed on, before a drain and in it', async () => {
  await using served = await serve({ shutdownDelay: 0, linger: 0 })
  let heard = 0
  served.server.removeAllListeners('request').on('request', () => heard++)
  served.server.emit('request')
  const stopped = served.lifecycle.stop()
  served.server.emit('request')
  await stopped
  expect(heard).toBe(2)
})
