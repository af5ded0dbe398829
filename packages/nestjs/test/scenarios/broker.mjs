// A microservice on a broker, whose port the environment gives: beside HTTP, or alone.
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { say, sayListening, testOptions } from '@lameduck/conformance/subject'
import { GracefulModule, LIFECYCLE } from '@lameduck/nestjs'
import { Controller, Module } from '@nestjs/common'
import { MessagePattern, Server } from '@nestjs/microservices'
import { decorate } from '../subjects/decorate.mjs'
import { createAlone } from './create-alone.mjs'
import { createApplication, listen } from './create-application.mjs'
import { Series } from './sums.mjs'

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

class Failing extends Series {
  async fail() {
    throw new Error('on purpose')
  }
}
decorate(Failing, [Controller()], { fail: [MessagePattern('fail')] })

class App {}
decorate(App, [Module({ imports: [GracefulModule.forRoot(testOptions())], controllers: [Failing] })])

const strategy = new BrokerTransport()
let lifecycle
if (process.env.ALONE) {
  const alone = await createAlone(App, { strategy })
  lifecycle = alone.lifecycle
  await alone.app.listen()
  sayListening(lifecycle, 0)
} else {
  const app = await createApplication(App)
  lifecycle = app.get(LIFECYCLE)
  app.connectMicroservice({ strategy })
  await app.startAllMicroservices()
  await listen(app)
}
