// TCP messages: beside HTTP in a hybrid application, or alone.
import { once } from 'node:events'
import { say, sayListening, testOptions } from '@lameduck/conformance/subject'
import { GracefulModule } from '@lameduck/nestjs'
import { Module } from '@nestjs/common'
import { Transport } from '@nestjs/microservices'
import { decorate } from '../subjects/decorate.mjs'
import { createAlone } from './create-alone.mjs'
import { createApplication, listen } from './create-application.mjs'
import { Series } from './sums.mjs'

class App {}
decorate(App, [Module({ imports: [GracefulModule.forRoot(testOptions())], controllers: [Series] })])

const transport = { transport: Transport.TCP, options: { host: '127.0.0.1', port: 0 } }
if (process.env.ALONE) {
  const { app, lifecycle } = await createAlone(App, transport)
  if (process.env.SHUTDOWN_HOOKS) app.enableShutdownHooks()
  say({ before: lifecycle.state })
  await app.listen()
  sayListening(lifecycle, app.unwrap().address().port)
} else {
  const app = await createApplication(App)
  const microservice = app.connectMicroservice(transport)
  await app.startAllMicroservices()
  const server = microservice.unwrap()
  if (!server.listening) await once(server, 'listening')
  say({ tcp: server.address().port })
  await listen(app)
}
