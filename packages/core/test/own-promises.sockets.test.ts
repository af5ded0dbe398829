import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { type AddressInfo, connect } from 'node:net'
import { promisify } from 'node:util'
import { Server as SocketServer } from 'socket.io'
import { describe, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { createRealTimeLifecycle, serve } from './in-process.js'

/** Every way in which an application waits for its server to close. */
const ways = {
  'close(callback)': (server: Server) => new Promise<unknown>((resolve) => server.close(resolve)),
  'promisify(close)': (server: Server) => promisify(server.close.bind(server))(),
  'Symbol.asyncDispose': (server: Server) => server[Symbol.asyncDispose](),
  "close() and once('close')": (server: Server) => once(server.close(), 'close'),
  "once('close')": (server: Server) => once(server, 'close'),
}

const long = { gracePeriod: 30_000, shutdownDelay: 0, linger: 0 }

describe.concurrent('a server that is draining keeps its own promises:', { timeout: 60_000 }, () => {
  for (const [way, close] of Object.entries(ways)) {
    test(`${way} in every onStop function, at once`, async () => {
      await using served = await serve(long)
      const told: string[] = []
      for (const name of ['first', 'second']) {
        served.lifecycle.onStop(name, async () => {
          await close(served.server)
          told.push(name)
        })
      }
      served.signal()
      expect(await served.report).toMatchObject({ clean: true, exitCode: 0 })
      expect(told).toEqual(['second', 'first'])
    })

    test(`${way} in onDrain, when it has drained; what follows is waited for`, async () => {
      await using served = await serve(long)
      const client = await served.connect()
      const asked = served.asked()
      const answer = client.get('/slow')
      const res = await asked
      const told: string[] = []
      served.lifecycle.on('closing', () => {
        told.push('closing')
        res.end('slow')
      })
      served.lifecycle.onDrain(async () => {
        await close(served.server)
        await new Promise((resolve) => setTimeout(resolve, 50))
        told.push('closed')
      })
      served.signal()
      expect((await answer).text).toBe('slow')
      expect(await served.report).toMatchObject({ clean: true, exitCode: 0 })
      expect(told).toEqual(['closing', 'closed'])
    })
  }

  test('a handler that closes its server in the window turns nobody away, and is called back', async () => {
    await using served = await serve({ ...long, shutdownDelay: 300 })
    const told: unknown[] = []
    served.lifecycle.onDrain(async () => {
      served.server.close((error) => told.push(error))
      expect((await (await served.connect()).get('/now')).text).toBe('now')
      expect(told).toEqual([])
    })
    served.signal()
    expect(await served.report).toMatchObject({ clean: true })
    expect(told).toEqual([undefined])
  })

  test('http2 and a WebSocketServer with a port of its own', async () => {
    const { lifecycle, report, signal } = createRealTimeLifecycle(long)
    const http2 = createHttp2Server().listen(0)
    const webSockets = new WebSocketServer({ port: 0 })
    const shared = new WebSocketServer({ noServer: true })
    await Promise.all([once(http2, 'listening'), once(webSockets, 'listening')])
    lifecycle.attach(http2).attach(webSockets).attach(shared)
    const closeAll = () =>
      Promise.all(
        [http2, webSockets, shared].map(
          (each) => new Promise<void>((resolve) => each.close(() => resolve())),
        ),
      )
    const told: string[] = []
    lifecycle.onDrain(() => closeAll().then(() => told.push('onDrain')))
    await lifecycle.ready()
    signal()
    expect(await report).toMatchObject({ clean: true, exitCode: 0 })
    expect(told).toEqual(['onDrain'])
  })

  test('in an onStop function, of http2 and a WebSocketServer', async () => {
    const { lifecycle, report, signal } = createRealTimeLifecycle(long)
    const http2 = createHttp2Server().listen(0)
    const webSockets = new WebSocketServer({ port: 0 })
    const shared = new WebSocketServer({ noServer: true })
    await Promise.all([once(http2, 'listening'), once(webSockets, 'listening')])
    lifecycle.attach(http2).attach(webSockets).attach(shared)
    for (const each of [http2, webSockets, shared]) {
      lifecycle.onStop(
        each.constructor.name + Math.random(),
        () => new Promise<void>((resolve) => each.close(() => resolve())),
      )
    }
    await lifecycle.ready()
    signal()
    expect(await report).toMatchObject({ clean: true, exitCode: 0 })
  })

  for (const step of ['onStop', 'onDrain'] as const) {
    test(`io.close() of Socket.IO in ${step}`, async () => {
      const { lifecycle, report, signal } = createRealTimeLifecycle(long)
      const server = createServer()
      const io = new SocketServer(server)
      lifecycle.attach(server).attach(io)
      await once(server.listen(0, '127.0.0.1'), 'listening')
      const told: string[] = []
      const close = () => io.close().then(() => told.push('closed'))
      if (step === 'onStop') lifecycle.onStop('io', close)
      else lifecycle.onDrain(close)
      await lifecycle.ready()
      signal()
      expect(await report).toMatchObject({ clean: true, exitCode: 0 })
      expect(told).toEqual(['closed'])
    })
  }

  test('ERR_SERVER_NOT_RUNNING is no failed hook', async () => {
    const { lifecycle, report, signal } = createRealTimeLifecycle(long)
    lifecycle.onStop('a server of nobody', () => createServer()[Symbol.asyncDispose]())
    await lifecycle.ready()
    signal()
    expect(await report).toMatchObject({ clean: true })
  })
})

describe.concurrent("the event 'close' of a server", { timeout: 60_000 }, () => {
  test('comes once, after a stop() that cut something within a short grace period', async () => {
    await using served = await serve({ gracePeriod: 1000, shutdownDelay: 0, linger: 0 })
    const asked = served.asked()
    const socket = connect(served.port, '127.0.0.1').on('error', () => {})
    socket.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n')
    await asked
    let closed = 0
    served.server.on('close', () => closed++)
    const told = once(served.server, 'close')
    expect((await served.lifecycle.stop()).cut.length).toBe(1)
    await told
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(closed).toBe(1)
    socket.destroy()
  })

  test.each([0, 1, 2, 3])(
    'and close() of one that is closed already calls back, also %i turns after the drain has closed it',
    async (turns) => {
      await using served = await serve(long)
      const { server, lifecycle } = served
      const stopped = lifecycle.stop()
      const again = new Promise<unknown>((resolve) => {
        server.close(async () => {
          for (let i = 0; i < turns; i++) await new Promise(setImmediate)
          server.close(resolve)
        })
      })
      await Promise.all([stopped, again])
    },
  )

  test('a server that closed by itself and listens again after the drain stays open, and serves as ever', async () => {
    await using served = await serve(long)
    served.server.close()
    await once(served.server, 'close')
    await served.lifecycle.stop()
    await once(served.server.listen(0, '127.0.0.1'), 'listening')
    await expect(ask(served.server)).resolves.toMatch(/keep-alive/)
    served.server.close()
  })

  test('one that the drain closed may listen again, and serves as ever', async () => {
    await using served = await serve(long)
    await served.lifecycle.stop()
    await once(served.server.listen(0, '127.0.0.1'), 'listening')
    await expect(ask(served.server)).resolves.toMatch(/keep-alive/)
    served.server.close()
    await once(served.server, 'close')
  })
})

async function ask(server: Server): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/now`)
  await answer.text()
  return answer.headers.get('connection') ?? ''
}
