import { once } from 'node:events'
import { createServer } from 'node:http'
import graceful from '@lameduck/fastify'
import Fastify from 'fastify'
import { expect, test } from 'vitest'

const options = { signals: false, crash: false, logger: false, gracePeriod: 30_000 } as const

for (const step of ['onStop', 'onDrain'] as const) {
  test(`app.close() in ${step} settles, and Fastify's hooks run once`, { timeout: 60_000 }, async () => {
    const app = Fastify()
    await app.register(graceful, options)
    const order: string[] = []
    app.addHook('onClose', async () => void order.push('onClose'))
    const close = async () => {
      await app.close()
      order.push('closed')
    }
    if (step === 'onStop') app.lifecycle.onStop('app', close)
    else app.lifecycle.onDrain(close)
    await app.listen({ port: 0, host: '127.0.0.1' })
    expect(await app.lifecycle.stop()).toMatchObject({ clean: true, exitCode: 0 })
    expect(order).toEqual(['onClose', 'closed'])
  })
}

test('a handler that stops, and then closes the application, is answered before its hooks', async () => {
  // It would end the connection of whoever is not answered.
  const app = Fastify({ forceCloseConnections: true })
  await app.register(graceful, options)
  const order: string[] = []
  const closed = new Promise<void>((resolve) => {
    app.addHook('onClose', async () => {
      order.push('onClose')
      resolve()
    })
  })
  app.get('/stop', async (request) => {
    await app.lifecycle.stop({ except: request })
    await app.close()
    order.push('answer')
    return 'stopped'.repeat(100_000)
  })
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  const response = await fetch(`${origin}/stop`)
  expect(await response.text()).toHaveLength(700_000)
  await closed
  expect(order).toEqual(['answer', 'onClose'])
})

test('app.close() leaves a server open that Fastify has not opened itself', async () => {
  let server = createServer()
  const app = Fastify({
    serverFactory(handler) {
      server = createServer(handler)
      return server
    },
  })
  await app.register(graceful, options)
  await app.ready()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  await app.close()
  expect(server.listening).toBe(true)
  server.close()
})

test('a server that the application hands out again is drained again', async () => {
  const server = createServer()
  for (const answer of ['first', 'second', 'third']) {
    const app = Fastify({
      serverFactory: (handler) => server.removeAllListeners('request').on('request', handler),
    })
    await app.register(graceful, options)
    app.get('/', async () => answer)
    const url = await app.listen({ port: 0, host: '127.0.0.1' })
    expect(await (await fetch(url)).text()).toBe(answer)
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    await app.close()
    expect(app.lifecycle.state).toBe('stopped')
    expect(server.listening).toBe(false)
  }
})
