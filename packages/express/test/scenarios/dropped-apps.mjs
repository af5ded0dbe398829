// What a test suite does: an application for each test, a server for each request, and nobody stops anything.
import { createServer } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { setTimeout as sleep } from 'node:timers/promises'
import { countKept, say } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'
import { graceful } from '@lameduck/express'
import express from 'express'
import supertest from 'supertest'

const make = {
  async plain() {
    const app = express()
    app.get('/', (_, res) => res.send('fine'))
    await supertest(app).get('/').expect(200)
    return app
  },
  async express() {
    const app = express()
    const lame = graceful({ logger: false })
    app.use(lame)
    app.get('/', (_, res) => res.send(lame.lifecycle.state))
    await supertest(app).get('/').expect(200)
    return app
  },
  async http() {
    const server = createServer()
    createLifecycle({ logger: false }).attach(server)
    return server
  },
  async http2() {
    const server = createHttp2Server()
    const lifecycle = createLifecycle({ logger: false }).attach(server)
    await lifecycle.ready()
    return server
  },
}

const kept = {}
const times = process.env.STAYS || process.env.WAITS ? 20 : 200
for (const kind of Object.keys(make)) kept[kind] = await countKept(make[kind], times)
say({ kept })
if (process.env.STAYS) {
  const matters = {
    onStop: () =>
      createLifecycle({ logger: false })
        .attach(createServer())
        .onStop('db', () => say({ told: 'onStop' })),
    signal: () =>
      createLifecycle({ logger: false })
        .attach(createServer())
        .signal.addEventListener('abort', () => say({ told: 'signal' })),
    onDrain: () =>
      createLifecycle({ logger: false })
        .attach(createServer())
        .onDrain(() => say({ told: 'onDrain' })),
    on: () =>
      createLifecycle({ logger: false })
        .attach(createServer())
        .on('stopped', () => say({ told: 'on' })),
    hold: () => {
      const lifecycle = createLifecycle({ logger: false }).attach(createServer())
      const release = lifecycle.hold('job')
      setTimeout(() => {
        say({ told: 'hold' })
        release()
      }, 6000)
    },
    startup: () =>
      createLifecycle({ logger: false })
        .attach(createServer())
        .startup(
          'cache',
          (signal) =>
            new Promise((resolve) => {
              signal.addEventListener('abort', () => {
                say({ told: 'startup' })
                resolve()
              })
            }),
        ),
  }
  for (const register of Object.values(matters)) register()
  const late = createServer((_, res) => {
    say({ handling: true })
    setTimeout(() => res.end('late'), 1500)
  })
  void createLifecycle({ logger: false, shutdownDelay: 0 }).attach(late).ready()
  await new Promise((resolve) => {
    late.listen(0, '127.0.0.1', resolve)
  })
  for (let i = 0; i < 5; i++) {
    await sleep(50)
    globalThis.gc()
  }
  say({ listening: late.address().port })
}
if (process.env.WAITS) {
  setInterval(() => {}, 60_000)
  say({ listening: 0 })
}
