// Servers of the application's own, for http and https, around one Nest application that never listens itself.
import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { observe, say, sayListening, selfSigned, testOptions } from '@lameduck/conformance/subject'
import { GracefulModule, LIFECYCLE } from '@lameduck/nestjs'
import { Controller, Get, Module, Query } from '@nestjs/common'
import { decorate, parameters } from '../subjects/decorate.mjs'
import { createApplication } from './create-application.mjs'

class Routes {
  async slow(ms) {
    await sleep(Number(ms))
    say({ event: 'answered' })
    return 'slow'
  }
  onModuleDestroy() {
    say({ event: 'destroyed' })
  }
}
parameters(Routes, 'slow', [Query('ms')])
decorate(Routes, [Controller()], { slow: [Get('slow')] })

class App {}
decorate(App, [Module({ imports: [GracefulModule.forRoot(testOptions())], controllers: [Routes] })])

const app = await createApplication(App)
await app.init()
const lifecycle = app.get(LIFECYCLE)
observe(lifecycle)
say({ after: lifecycle.state })
const handler = app.getHttpAdapter().getInstance()
const listening = (server) =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)))
say({ secure: await listening(createSecureServer(selfSigned, handler)) })
sayListening(lifecycle, await listening(createServer(handler)))
