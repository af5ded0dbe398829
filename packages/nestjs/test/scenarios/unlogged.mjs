// An application whose logger says nothing, by what NEST_OPTIONS holds, and in which FAULT fails; CALLS: it serves gRPC alone.
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { observe, say, sayListening, testOptions } from '@lameduck/conformance/subject'
import { graceful } from '@lameduck/grpc'
import { GracefulModule, LIFECYCLE } from '@lameduck/nestjs'
import { Controller, Get, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { GrpcMethod, Transport } from '@nestjs/microservices'
import { decorate } from '../subjects/decorate.mjs'
import { createApplication, listen } from './create-application.mjs'

const { CALLS, FAULT, NEST_OPTIONS = '{}' } = process.env
const options = JSON.parse(NEST_OPTIONS)

class Routes {
  hang() {
    say({ hanging: true })
    return new Promise(() => {})
  }
}
decorate(Routes, [Controller()], { hang: [CALLS ? GrpcMethod('Work', 'Answer') : Get('hang')] })
class App {}
decorate(App, [Module({ imports: [GracefulModule.forRoot(testOptions())], controllers: [Routes] })])

const transportOf = ({ interceptor, attach }) => ({
  transport: Transport.GRPC,
  options: {
    package: 'work',
    protoPath: fileURLToPath(new URL('work.proto', import.meta.url)),
    url: '127.0.0.1:0',
    channelOptions: { interceptors: [interceptor] },
    onLoadPackageDefinition(_definition, server) {
      const [carrier] = server.http2Servers.keys()
      say({ grpc: carrier.address().port })
      attach(server)
    },
  },
})

const app = CALLS ? await NestFactory.create(App, options) : await createApplication(App, options)
const lifecycle = app.get(LIFECYCLE)
const fails = async () => {
  throw new Error('no database')
}
if (FAULT === 'startup') {
  lifecycle.startup('migrate', fails)
  // Nothing flushes what Nest has buffered but the end of the process.
  await sleep(60_000)
}
lifecycle.onStop('pool', fails)
if (CALLS) {
  app.connectMicroservice(transportOf(graceful({ lifecycle })))
  await app.startAllMicroservices()
  await app.listen(0, '127.0.0.1')
  observe(lifecycle)
  sayListening(lifecycle, app.getHttpServer().address().port)
} else await listen(app)
