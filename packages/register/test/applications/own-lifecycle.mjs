// An application that uses lameduck itself, in the way that the test wants. Its readiness is at /up.
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import { say, testOptions } from '@lameduck/conformance/subject'
import * as imported from '@lameduck/core'
import { graceful as expressGraceful } from '@lameduck/express'
import fastifyGraceful from '@lameduck/fastify'
import express from 'express'
import Fastify from 'fastify'
import { answer, listening } from '../hosts/answers.mjs'

const required = createRequire(import.meta.url)('@lameduck/core')
const options = { ...testOptions(), probes: { readyz: '/up' }, logger: imported.consoleLogger() }

const stopped = (lifecycle) => lifecycle.onStop('own', () => say({ closed: true }))

function serve(listened = () => {}) {
  const server = createServer(async ({ url }, response) => {
    if (url === '/attach') attach(imported, server)
    response.end(url === '/until-closed' ? await untilClosed() : await answer(url))
  })
  return server.listen(0, '127.0.0.1', () => {
    listened(server)
    listening(server)
  })
}

function attach({ createLifecycle }, server) {
  const lifecycle = createLifecycle(options)
  stopped(lifecycle)
  lifecycle.on('closing', () => waiting.forEach((resolve) => void resolve()))
  lifecycle.attach(server)
  void lifecycle.ready()
}

const waiting = []

/** Answers when the drain has waited for nothing but this for a while. */
async function untilClosed() {
  say({ asked: true })
  await new Promise((resolve) => waiting.push(resolve))
  await sleep(500)
  return 'closed'
}

const ways = {
  'before it listens'() {
    const { createLifecycle } = imported
    const lifecycle = createLifecycle(options)
    stopped(lifecycle)
    const server = createServer(async ({ url }, response) => response.end(await answer(url)))
    lifecycle.attach(server)
    server.listen(0, '127.0.0.1', async () => {
      await lifecycle.ready()
      listening(server)
    })
  },
  'right after listen()': () => attach(imported, serve()),
  'when it listens': () => serve((server) => attach(imported, server)),
  'when it listens, by the same copy': () => serve((server) => attach(required, server)),
  'while it serves': () => serve(),
  'by the Express adapter'() {
    const app = express()
    const graceful = expressGraceful(options)
    stopped(graceful.lifecycle)
    app.use(graceful)
    app.get('/*any', async ({ path }, response) => response.send(await answer(path)))
    const server = app.listen(0, '127.0.0.1', () => listening(server))
  },
  async 'by the Fastify adapter'() {
    const app = Fastify()
    await app.register(fastifyGraceful, options)
    stopped(app.lifecycle)
    app.get('/*', ({ url }) => answer(url))
    await app.listen({ port: 0, host: '127.0.0.1' })
    listening(app.server)
  },
}

await ways[process.env.WAY]()
