import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { RawClient } from '@lameduck/conformance'
import { expect, test } from 'vitest'
import { joinLifecycle } from '../src/adapters/join-lifecycle.js'
import { createRealTimeLifecycle } from './in-process.js'

test("a seat answers its probes on a server that nobody drains, and leaves the rest to the adapter's application", async () => {
  const { lifecycle } = createRealTimeLifecycle()
  const seat = joinLifecycle({ lifecycle, probes: { readyz: '/ready' } })
  const server = createServer((req, res) => {
    // As Express does for what is mounted below a path.
    if (req.url?.startsWith('/mounted')) {
      Object.assign(req, { originalUrl: req.url, url: req.url.slice('/mounted'.length) })
    }
    if (!seat.answer(req, res)) res.end(`application: ${req.url}`)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = await RawClient.connect({ port: (server.address() as AddressInfo).port })
  expect(await client.get('/ready')).toMatchObject({ status: 503, text: expect.stringContaining('starting') })
  seat.listening()
  expect(await client.get('/ready')).toMatchObject({ status: 200, text: expect.stringContaining('ready') })
  expect((await client.get('/mounted/ready')).text).toBe('application: /ready')
  expect((await client.get('/readyz')).text).toBe('application: /readyz')
  expect((await client.ask('POST', '/ready', { body: '' })).text).toBe('application: /ready')
  client.destroy()
  server.close()
  await lifecycle.stop()
})
