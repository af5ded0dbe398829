import { once } from 'node:events'
import { freePorts, quick } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { startScenario } from './scenarios/start-scenario.js'

/** A client of one of the gateways: how it greets, and asks for an echo of `"hello"`. */
const protocols = {
  ws: {
    path: '/',
    hello: [],
    ask: '{"event":"echo","data":"hello"}',
    answer: '{"event":"echo","data":"hello"}',
  },
  'socket.io': {
    path: '/socket.io/?EIO=4&transport=websocket',
    hello: ['40'],
    ask: '42["echo","hello"]',
    answer: '42["echo","hello"]',
  },
} as const

type Gateway = keyof typeof protocols

async function connect(gateway: Gateway, port: number) {
  const { path, hello, ask, answer } = protocols[gateway]
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`)
  const heard: string[] = []
  socket.on('message', (data) => heard.push(String(data)))
  const closed = once(socket, 'close').then(([code]) => code as number)
  await once(socket, 'open')
  for (const each of hello) {
    socket.send(each)
    while (!heard.some((message) => message.startsWith('40'))) await once(socket, 'message')
  }
  const echo = async () => {
    heard.length = 0
    socket.send(ask)
    while (!heard.includes(answer)) await once(socket, 'message')
  }
  return { echo, closed }
}

for (const nest of [11, 12] as const) {
  describe.concurrent(`gateways on Nest ${nest}`, { timeout: 120_000 }, () => {
    for (const gateway of ['ws', 'socket.io'] as const) {
      for (const platform of ['express', 'fastify']) {
        test(`serve in the window, then say 1001: ${gateway} on ${platform}`, async () => {
          await using server = await startScenario('gateway', {
            nest,
            options: { ...quick, shutdownDelay: 800 },
            env: { PLATFORM: platform, GATEWAY: gateway, SHUTDOWN_HOOKS: 'kill' },
          })
          const early = await connect(gateway, server.port)
          await early.echo()
          server.signal()
          await server.draining()
          await early.echo()
          const late = await connect(gateway, server.port)
          await late.echo()
          expect(await Promise.all([early.closed, late.closed])).toEqual([1001, 1001])
          expect(await server.exited()).toMatchObject({
            code: 0,
            signal: null,
            report: { clean: true, cut: [] },
          })
          expect(server.said('event')).toEqual(['left', 'left', 'destroyed'])
        })
      }
    }

    test('say 1001 on a port of their own, too', async () => {
      const port = (await freePorts(1))[0] as number
      await using server = await startScenario('gateway', {
        nest,
        options: quick,
        env: { GATEWAY: 'ws', OWN_PORT: String(port) },
      })
      const client = await connect('ws', port)
      await client.echo()
      server.signal()
      expect(await client.closed).toBe(1001)
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
    })
  })
}
