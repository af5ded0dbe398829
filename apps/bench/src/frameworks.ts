import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { selfSigned } from '@lameduck/conformance/subject'
import { createLifecycle, type LifecycleOptions } from '@lameduck/core'
import { graceful as middleware } from '@lameduck/express'
import graceful from '@lameduck/fastify'
import { GracefulModule } from '@lameduck/nestjs'
import { Controller, Get, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import express from 'express'
import fastify from 'fastify'
import fastifyGracefulShutdown from 'fastify-graceful-shutdown'
import { timeout } from './equipment.js'
import { countRequest, handle, slowly } from './routes.js'

/** Starts a server on a free port; with lameduck if it is given options. */
type Start = (lameduck: LifecycleOptions | undefined, equipment: string) => Promise<Server>

const keepAliveTimeout = 600_000

async function listen(server: Server, lameduck: LifecycleOptions | undefined): Promise<Server> {
  const lifecycle = lameduck && createLifecycle(lameduck).attach(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  await lifecycle?.ready()
  return server
}

const startHttp: Start = async (lameduck) => {
  const server = createServer({ keepAliveTimeout }, handle)
  server.on('upgrade', (_, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
    socket.on('error', () => {})
    socket.pipe(socket)
  })
  return listen(server, lameduck)
}

const startHttps: Start = async (lameduck) =>
  listen(createHttpsServer({ ...selfSigned, keepAliveTimeout }, handle), lameduck)

const startHttp2: Start = async (lameduck) => {
  const server = createHttp2Server()
  // The compatibility API gives what the routes need.
  server.on('request', handle as never)
  return listen(server as unknown as Server, lameduck)
}

const startFastify: Start = async (lameduck, equipment) => {
  const app = fastify({ keepAliveTimeout })
  if (lameduck) await app.register(graceful, lameduck)
  if (equipment === 'fastify-graceful-shutdown') await app.register(fastifyGracefulShutdown, { timeout })
  app.get('/', async () => ({ hello: 'world' }))
  app.get('/slow', async () => {
    countRequest()
    await sleep(slowly)
    return { hello: 'world' }
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  return app.server
}

const startExpress: Start = async (lameduck) => {
  const app = express()
  if (lameduck) app.use(middleware(lameduck))
  app.get('/', (_, res) => void res.json({ hello: 'world' }))
  app.get('/slow', (_, res) => {
    countRequest()
    setTimeout(() => res.json({ hello: 'world' }), slowly)
  })
  const server = app.listen(0, '127.0.0.1')
  server.keepAliveTimeout = keepAliveTimeout
  await once(server, 'listening')
  return server
}

@Controller()
class Greeter {
  @Get()
  greet() {
    return { hello: 'world' }
  }
}

const startNest: Start = async (lameduck) => {
  @Module({ imports: lameduck ? [GracefulModule.forRoot(lameduck)] : [], controllers: [Greeter] })
  class Greetings {}
  const app = await NestFactory.create(Greetings, { logger: false })
  const server = app.getHttpServer() as Server
  server.keepAliveTimeout = keepAliveTimeout
  await app.listen(0, '127.0.0.1')
  return server
}

/** Every kind of server that is measured. */
export const frameworks: Readonly<Record<string, Start>> = {
  http: startHttp,
  https: startHttps,
  http2: startHttp2,
  fastify: startFastify,
  express: startExpress,
  nest: startNest,
}
