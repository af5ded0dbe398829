// What a test suite does: a module for each test, requests to it, and often nobody closes anything. Beside it, an
// application that nobody holds and that serves.
import { subscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { countKept, say, testOptions } from '@lameduck/conformance/subject'
import { GracefulModule, LIFECYCLE } from '@lameduck/nestjs'
import { Controller, Get } from '@nestjs/common'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { Test } from '@nestjs/testing'
import { decorate } from '../subjects/decorate.mjs'

class Orders {
  list() {
    return 'orders'
  }
  async slow() {
    say({ handling: true })
    await closing
    return 'slow'
  }
}
decorate(Orders, [Controller('orders')], { list: [Get()], slow: [Get('slow')] })

/** Settles a while after the signal. */
const closing = new Promise((resolve) => {
  subscribe('lameduck', ({ event, payload }) => {
    if (event === 'draining' && payload.signal) setTimeout(resolve, 500)
  })
})

class Database {
  onModuleDestroy() {
    say({ destroyed: true })
  }
}

const compile = (imports, providers = []) =>
  Test.createTestingModule({ imports, providers, controllers: [Orders] })
    .setLogger(false)
    .compile()
const ours = () => [GracefulModule.forRoot({ logger: false })]

async function onExpress(imports, providers) {
  const app = (await compile(imports, providers)).createNestApplication({ logger: false })
  await app.init()
  // As supertest does: the server listens for each request.
  const server = app.getHttpServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const response = await fetch(`http://127.0.0.1:${server.address().port}/orders`, {
    headers: { connection: 'close' },
  })
  if ((await response.text()) !== 'orders') throw new Error(`got ${response.status}`)
  server.close()
  await once(server, 'close')
  return app
}

async function onFastify(imports) {
  const app = (await compile(imports)).createNestApplication(new FastifyAdapter(), { logger: false })
  await app.init()
  const { body } = await app.inject('/orders')
  if (body !== 'orders') throw new Error(`got ${body}`)
  return app
}

const closed = async (made) => {
  const app = await made
  await app.close()
  return app
}

const make = {
  plainCompiled: () => compile([]),
  plainExpress: () => onExpress([]),
  plainFastify: () => onFastify([]),
  compiled: () => compile(ours()),
  express: () => onExpress(ours()),
  fastify: () => onFastify(ours()),
  expressClosed: () => closed(onExpress(ours())),
  fastifyClosed: () => closed(onFastify(ours())),
  hooked: () => onExpress(ours(), [Database]),
  async context() {
    const module = await compile(ours(), [Database])
    return module.init()
  },
}

const serve = async () => {
  const imports = [GracefulModule.forRoot({ logger: false, ...testOptions() })]
  const app = (await compile(imports)).createNestApplication({ logger: false })
  await app.listen(0, '127.0.0.1')
  say({ ready: app.get(LIFECYCLE).state })
  return app.getHttpServer().address().port
}

const port = await serve()
const kept = {}
for (const kind of Object.keys(make)) {
  kept[kind] = await countKept(make[kind], ['hooked', 'context'].includes(kind) ? 3 : 30)
}
say({ kept })
say({ listening: port })
