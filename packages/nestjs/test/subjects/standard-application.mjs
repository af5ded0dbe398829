// The standard routes, written as a Nest application would; those that are about raw responses are left to the suite's own.
import { setTimeout as sleep } from 'node:timers/promises'
import {
  echoUpgrades,
  observe,
  sayListening,
  selfSigned,
  standardRoutes,
  stopBy,
  testOptions,
} from '@lameduck/conformance/subject'
import { GracefulModule, LIFECYCLE } from '@lameduck/nestjs'
import { All, Controller, Get, Inject, Module, Query, Req, Res } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { decorate, parameters } from './decorate.mjs'

class Routes {
  constructor(lifecycle) {
    this.lifecycle = lifecycle
    this.routes = standardRoutes(lifecycle)
  }

  fast() {
    return 'fast'
  }

  async slow(ms) {
    await sleep(Number(ms))
    return 'slow'
  }

  stop(request, silent) {
    return stopBy(this.lifecycle, request, silent !== undefined)
  }

  others(request, response) {
    response.hijack?.()
    this.routes(request.raw ?? request, response.raw ?? response)
  }
}
parameters(Routes, undefined, [Inject(LIFECYCLE)])
parameters(Routes, 'slow', [Query('ms')])
parameters(Routes, 'stop', [Req(), Query('silent')])
parameters(Routes, 'others', [Req(), Res()])

async function createAdapter(platform, options) {
  if (platform === 'express') {
    const { ExpressAdapter } = await import('@nestjs/platform-express')
    return new ExpressAdapter()
  }
  const { FastifyAdapter } = await import('@nestjs/platform-fastify')
  const adapter = new FastifyAdapter(options)
  const fastify = adapter.getInstance()
  fastify.removeAllContentTypeParsers()
  fastify.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
  return adapter
}

export async function startApplication({ platform, https }) {
  const anything = platform === 'fastify' ? '*' : '*path'
  decorate(Routes, [Controller()], {
    fast: [Get('fast')],
    slow: [Get('slow')],
    stop: [Get('stop')],
    others: [All(anything)],
  })
  class App {}
  decorate(App, [
    Module({
      imports: [GracefulModule.forRoot({ logger: console, ...testOptions() })],
      controllers: [Routes],
    }),
  ])
  const secure = https ? selfSigned : undefined
  const adapter = await createAdapter(platform, secure && { https: secure })
  const app = await NestFactory.create(App, adapter, {
    bodyParser: false,
    logger: ['error', 'warn', 'fatal'],
    ...(secure && { httpsOptions: secure }),
  })
  const lifecycle = app.get(LIFECYCLE)
  observe(lifecycle)
  // Node's own 5 s are soon over on a busy machine.
  app.getHttpServer().keepAliveTimeout = 60_000
  echoUpgrades(app.getHttpServer(), lifecycle)
  await app.listen(0, '127.0.0.1')
  sayListening(lifecycle, app.getHttpServer().address().port)
  return app
}
