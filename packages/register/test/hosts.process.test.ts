import { describe, test } from 'vitest'
import { type Ask, byPath, drains, startHost } from './drained.js'

const inGraphql: Ask = (client, path) =>
  client.ask('POST', '/', {
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ query: `{ path(is: "${path}") }` }),
  })

describe.concurrent('a host that knows nothing of lameduck is drained by the preload', () => {
  const hosts: readonly [name: string, file: string, ask?: Ask][] = [
    ['node:http', 'node-http.mjs'],
    ['node:http in CommonJS, its handler by prependOnceListener', 'node-http.cjs'],
    ['one that installs its handler when it listens, and exits with 143', 'late-handler.mjs'],
    ['one that destroys every connection and everybody’s listeners', 'destroys.mjs'],
    ['Express', 'express.mjs'],
    ['Fastify', 'fastify.mjs'],
    ['Koa', 'koa.mjs'],
    ['hapi', 'hapi.mjs'],
    ['Hono', 'hono.mjs'],
    ['h3', 'h3.mjs'],
    ['srvx', 'srvx.mjs'],
    ['Apollo Server, standalone', 'apollo.mjs', inGraphql],
  ]
  for (const [name, file, ask = byPath] of hosts) {
    test(name, async () => {
      await using server = await startHost(file)
      await drains(server, ask)
    })
  }

  test('one that knows of no signal', async () => {
    await using server = await startHost('ignores.mjs')
    await drains(server, byPath, { closes: false })
  })

  test('node:https', async () => {
    await using server = await startHost('https.mjs', { protocol: 'https' })
    await drains(server)
  })

  test('node:http2 that speaks HTTP/1 as well', async () => {
    await using server = await startHost('http2.mjs', { protocol: 'https' })
    await drains(server)
  })
})
