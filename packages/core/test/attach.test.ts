import { createServer } from 'node:http'
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
})
