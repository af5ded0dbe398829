import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import websocket from '@fastify/websocket'
import { WebSocketClient } from '@lameduck/conformance'
import graceful from '@lameduck/fastify'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterEach, describe, expect, test } from 'vitest'

const options = { signals: false, crash: false, logger: false } as const
const opened: FastifyInstance[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((app) => app.close()))
})

const echo = async (app: FastifyInstance) => {
  app.get('/ws', { websocket: true }, (socket) => {
    socket.on('message', (data) => socket.send(String(data)))
  })
}

/** How an application registers the two plugins. */
const ways: Record<string, (app: FastifyInstance) => Promise<unknown>> = {
  async 'graceful first'(app) {
    await app.register(graceful, options)
    await app.register(websocket)
    await app.register(echo)
  },
  async 'graceful last'(app) {
    await app.register(websocket)
    await app.register(echo)
    await app.register(graceful, options)
  },
  async 'in a child context'(app) {
    await app.register(graceful, options)
    await app.register(async (child) => {
      await child.register(websocket)
      await child.register(echo)
    })
  },
  async 'in a child context that was there before'(app) {
    await app.register(async (child) => {
      await child.register(websocket)
      await child.register(echo)
    })
    await app.register(graceful, options)
  },
  async 'in a child context of a child that was there before'(app) {
    await app.register(async (child) => {
      await child.register(async (grandchild) => {
        await grandchild.register(websocket)
        await grandchild.register(echo)
      })
    })
    await app.register(graceful, options)
  },
  async 'attached by hand'(app) {
    await app.register(websocket)
    await app.register(echo)
    await app.register(graceful, options)
    app.lifecycle.attach(app.websocketServer)
  },
}

async function start(way: string): Promise<{ app: FastifyInstance; connect(): Promise<WebSocketClient> }> {
  const app = Fastify()
  opened.push(app)
  await ways[way]?.(app)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  return { app, connect: () => WebSocketClient.open(`ws://127.0.0.1:${port}/ws`) }
}

describe('@fastify/websocket', () => {
  for (const way of Object.keys(ways)) {
    test(`is found, and its clients are told 1001 before its own preClose closes them (${way})`, async () => {
      const { app, connect } = await start(way)
      const clients = await Promise.all([connect(), connect(), connect()])
      await clients[0]?.echoes('hello')
      let preClose: number | undefined
      app.lifecycle.onStop('after the drain', () => {
        preClose = performance.now()
      })
      await app.close()
      for (const { closed } of clients) {
        const { code, at } = await closed
        expect(code).toBe(1001)
        expect(at).toBeLessThan(preClose ?? 0)
      }
      const report = await app.lifecycle.stop()
      expect(report).toMatchObject({ clean: true, connections: { websocket: 3 } })
    })
  }

  test('goes on answering injectWS', async () => {
    const { app } = await start('graceful first')
    const socket = await app.injectWS('/ws')
    socket.send('hello')
    const [data] = await once(socket, 'message')
    expect(String(data)).toBe('hello')
    socket.terminate()
  })
})
