import { createServer, type Server } from 'node:http'
import { createServer as createNetServer } from 'node:net'
import { Server as SocketServer } from 'socket.io'
import { describe, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { createTestBench } from '../src/testing/index.js'

describe('attach()', () => {
  test('takes WebSocket servers, Socket.IO servers and their engines, as their types are', () => {
    const lifecycle = createTestBench().createLifecycle()
    lifecycle
      .attach(new WebSocketServer({ noServer: true }))
      .attach(new WebSocketServer({ server: createServer(), clientTracking: false }))
      .attach(new SocketServer(createServer()))
      .attach(new SocketServer(createServer()).engine)
  })

  test('refuses the same WebSocket server twice, and a Socket.IO server beside its own engine', () => {
    const lifecycle = createTestBench().createLifecycle()
    const webSockets = new WebSocketServer({ noServer: true })
    const sockets = new SocketServer(createServer())
    lifecycle.attach(webSockets).attach(sockets)
    const refused = expect.objectContaining({ code: 'ALREADY_ATTACHED' })
    expect(() => lifecycle.attach(webSockets)).toThrow(refused)
    expect(() => lifecycle.attach(sockets)).toThrow(refused)
    expect(() => lifecycle.attach(sockets.engine)).toThrow(refused)
  })

  test.each([
    ['a Socket.IO server without an HTTP server', new SocketServer()],
    ['a number', 3000],
    ['nothing', undefined],
    ['null', null],
    ['an application', () => {}],
  ])('refuses %s', (_, value) => {
    const lifecycle = createTestBench().createLifecycle()
    expect(() => lifecycle.attach(value as never)).toThrow(expect.objectContaining({ code: 'NOT_A_SERVER' }))
  })

  const application = { handle() {}, set() {}, listen() {} }
  test.each([
    [
      'an Express application',
      Object.assign(() => {}, application),
      /got an Express application: .*app\.listen\(\)/,
    ],
    ['a server of node:net', createNetServer(), /got a server of node:net .*Drainable/],
    ['a gRPC server', { bindAsync() {}, addService() {} }, /got a gRPC server: .*@lameduck\/grpc/],
    [
      'a Fastify application',
      { inject() {}, register() {}, addHook() {} },
      /got a Fastify application: .*app\.server/,
    ],
    [
      'a NestJS application',
      { getHttpServer() {}, listen() {} },
      /got a NestJS application: .*getHttpServer/,
    ],
    ['a Koa application', { callback() {}, listen() {} }, /got a Koa application/],
    [
      'a Socket.IO server without an HTTP server',
      new SocketServer(),
      /Socket\.IO server without an HTTP server: /,
    ],
    ['a port', 3000, /got a port: /],
    ['anything else', new Map(), /got Map \(/],
  ])('says what to give instead of %s', (_, value, message) => {
    const lifecycle = createTestBench().createLifecycle()
    expect(() => lifecycle.attach(value as never)).toThrow(message)
  })

  test('warns of a WebSocket or Socket.IO server whose HTTP server is left out', async () => {
    for (const make of [
      (server: Server) => new WebSocketServer({ server }),
      (server: Server) => new SocketServer(server),
    ]) {
      const warningsOf = async (attachesBoth: boolean) => {
        const lifecycle = createTestBench().createLifecycle()
        const warnings: string[] = []
        lifecycle.on('warning', ({ message }) => warnings.push(message))
        const server = createServer()
        lifecycle.attach(make(server))
        if (attachesBoth) lifecycle.attach(server)
        await lifecycle.ready()
        return warnings
      }
      expect(await warningsOf(false)).toEqual([expect.stringContaining('lifecycle.attach(httpServer)')])
      expect(await warningsOf(true)).toEqual([])
    }
  })
})
