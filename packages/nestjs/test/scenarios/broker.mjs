// A microservice on a broker, whose port the environment gives: beside HTTP, or alone.
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { observe, say, sayListening, testOptions } from '@lameduck/conformance/subject'
import { GracefulModule, LIFECYCLE } from '@lameduck/nestjs'
import { Controller, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { EventPattern, MessagePattern, Server } from '@nestjs/microservices'
import { interval, map, take } from 'rxjs'
import { decorate } from '../subjects/decorate.mjs'
import { createApplication, listen } from './create-application.mjs'

/** Takes messages from the broker, a line each, as Nest's own transports do. */
class BrokerTransport extends Server {
  listen(callback) {
    this.socket = connect({ port: Number(process.env.BROKER), host: '127.0.0.1' }, () => {
      say({ joined: lifecycle.state })
      callback()
    })
    createInterface(this.socket).on('line', (line) => this.handle(JSON.parse(line)))
  }
  async handle({ id, pattern, data }) {
    const context = { getChannel: () => pattern }
    const handler = this.getHandlerByPattern(pattern)
    if (handler.isEventHandler) return this.handleEvent(pattern, { data }, context)
    if (id === undefined) throw new Error(`"${pattern}" has no handler for events`)
    const answers = this.transformToObservable(await handler(data, context))
    this.send(answers, (packet) => this.socket.write(`${JSON.stringify({ id, ...packet })}\n`))
  }
  close() {
    say({ event: 'left the broker' })
    this.socket.end()
  }
}

class Sums {
  async add(numbers) {
    say({ heard: 'add' })
    await sleep(numbers[0])
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
  async fail() {
    throw new Error('on purpose')
  }
  onModuleDestroy() {
    say({ event: 'destroyed' })
  }
}
decorate(Sums, [Controller()], {
  add: [MessagePattern('add')],
  count: [MessagePattern('count')],
  fail: [MessagePattern('fail')],
  note: [EventPattern('note')],
})

class App {}
decorate(App, [Module({ imports: [GracefulModule.forRoot(testOptions())], controllers: [Sums] })])

const strategy = new BrokerTransport()
let lifecycle
if (process.env.ALONE) {
  const app = await NestFactory.createMicroservice(App, { strategy, logger: ['error', 'warn', 'fatal'] })
  lifecycle = app.get(LIFECYCLE)
  observe(lifecycle)
  await app.listen()
  sayListening(lifecycle, 0)
} else {
  const app = await createApplication(App)
  lifecycle = app.get(LIFECYCLE)
  app.connectMicroservice({ strategy })
  await app.startAllMicroservices()
  await listen(app)
}
