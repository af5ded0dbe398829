// TCP messages: beside HTTP in a hybrid application, or alone.
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { observe, say, sayListening, testOptions } from '@lameduck/conformance/subject'
import { GracefulModule, LIFECYCLE } from '@lameduck/nestjs'
import { Controller, Get, Module, Query } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { EventPattern, MessagePattern, Transport } from '@nestjs/microservices'
import { interval, map, take } from 'rxjs'
import { decorate, parameters } from '../subjects/decorate.mjs'
import { createApplication, listen } from './create-application.mjs'

class Sums {
  async slow(ms) {
    await sleep(Number(ms))
    say({ event: 'answered' })
    return 'slow'
  }
  async add(numbers) {
    say({ heard: 'add' })
    await sleep(numbers[0])
    say({ event: 'added' })
    return numbers.reduce((sum, each) => sum + each, 0)
  }
  count({ every, times }) {
    say({ heard: 'count' })
    return interval(every).pipe(
      take(times),
      map((i) => i + 1),
    )
  }
  async note(ms) {
    say({ heard: 'note' })
    await sleep(ms)
    say({ event: 'noted' })
  }
  onModuleDestroy() {
    say({ event: 'destroyed' })
  }
}
parameters(Sums, 'slow', [Query('ms')])
decorate(Sums, [Controller()], {
  slow: [Get('slow')],
  add: [MessagePattern('add')],
  count: [MessagePattern('count')],
  note: [EventPattern('note')],
})

class App {}
decorate(App, [Module({ imports: [GracefulModule.forRoot(testOptions())], controllers: [Sums] })])

const transport = { transport: Transport.TCP, options: { host: '127.0.0.1', port: 0 } }
const logger = ['error', 'warn', 'fatal']
if (process.env.ALONE) {
  const app = await NestFactory.createMicroservice(App, { ...transport, logger })
  const lifecycle = app.get(LIFECYCLE)
  observe(lifecycle)
  if (process.env.SHUTDOWN_HOOKS) app.enableShutdownHooks()
  say({ before: lifecycle.state })
  await app.listen()
  process.on('SIGWINCH', async () => {
    await app.close()
    say({ closed: lifecycle.state })
  })
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
