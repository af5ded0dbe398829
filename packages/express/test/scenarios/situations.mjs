// One application in many situations. SITUATION says which, EXPRESS which version.
import http from 'node:http'
import https from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { observe, say, sayListening, selfSigned, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'
import { graceful } from '@lameduck/express'
import connect from 'connect'
import express5 from 'express'
import express4 from 'express4'
import vhost from 'vhost'

const express = process.env.EXPRESS === '4' ? express4 : express5
const here = [0, '127.0.0.1']

async function slow(req, res) {
  const ms = Number(new URL(req.originalUrl ?? req.url, 'http://localhost').searchParams.get('ms'))
  say({ handling: req.originalUrl ?? req.url })
  await sleep(ms)
  res.end('slow')
}

function lame(options = testOptions()) {
  const middleware = graceful(options)
  observe(middleware.lifecycle)
  return middleware
}

function application(middleware = lame(), create = express) {
  const app = create()
  app.use(middleware)
  app.use('/slow', slow)
  return { app, middleware }
}

const situations = {
  usual() {
    const { app, middleware } = application()
    return [app.listen(...here), middleware]
  },
  'used after listening'() {
    const app = express()
    const server = app.listen(...here)
    const middleware = lame()
    app.use(middleware)
    app.use('/slow', slow)
    return [server, middleware]
  },
  'in a sub-application'() {
    const { app, middleware } = application()
    const [root, between] = [express(), express()]
    between.use('/v1', app)
    root.use('/api', between)
    return [root.listen(...here), middleware, '/api/v1/slow']
  },
  'in a router'() {
    const app = express()
    const router = express.Router()
    const middleware = lame()
    router.use(middleware)
    router.use('/slow', slow)
    app.use('/api', router)
    return [app.listen(...here), middleware, '/api/slow']
  },
  'in connect'() {
    const { app, middleware } = application(lame(), connect)
    return [app.listen(...here), middleware]
  },
  'with https'() {
    const { app, middleware } = application()
    return [https.createServer(selfSigned, app).listen(...here), middleware]
  },
  'behind a function'() {
    const { app, middleware } = application()
    return [http.createServer((req, res) => app(req, res)).listen(...here), middleware]
  },
  'in a plain handler'() {
    const middleware = lame()
    const handle = (req, res) =>
      middleware(req, res, (error) => (error ? res.destroy(error) : slow(req, res)))
    return [http.createServer(handle).listen(...here), middleware]
  },
  'behind vhost'() {
    const { app, middleware } = application()
    const root = express()
    root.use(vhost('localhost', app))
    return [root.listen(...here), middleware]
  },
  'attached by hand'() {
    const { app, middleware } = application()
    const server = http.createServer((req, res) => app(req, res))
    middleware.lifecycle.attach(server)
    return [server.listen(...here), middleware]
  },
  'two applications on one server'() {
    const [first, second] = [application(), application()]
    const root = express()
    root.use('/first', first.app)
    root.use('/second', second.app)
    return [root.listen(...here), second.middleware, '/second/slow']
  },
  'two servers'() {
    const { app, middleware } = application()
    const second = app.listen(...here, () => say({ second: second.address().port }))
    return [app.listen(...here), middleware]
  },
  'a shared lifecycle'() {
    const lifecycle = createLifecycle(testOptions())
    observe(lifecycle)
    const [first, second] = [graceful({ lifecycle }), graceful({ lifecycle })]
    const { app } = application(first)
    app.use(second)
    const other = application(graceful({ lifecycle })).app
    const otherServer = http.createServer(other)
    const server = app.listen(...here)
    server.once('listening', async () => {
      await sleep(50)
      say({ beforeTheLast: lifecycle.state })
      otherServer.listen(...here, () => say({ second: otherServer.address().port }))
    })
    return [server, first]
  },
}

const [server, { lifecycle }, path = '/slow'] = situations[process.env.SITUATION]()
const announce = () => {
  say({ path })
  sayListening(lifecycle, server.address().port)
}
if (server.listening) announce()
else server.once('listening', announce)
