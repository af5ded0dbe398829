// An application without a server: a queue's worker, say.
import { observe, say, testOptions } from '@lameduck/conformance/subject'
import { GracefulModule, LIFECYCLE } from '@lameduck/nestjs'
import { Inject, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { decorate, parameters } from '../subjects/decorate.mjs'

class Worker {
  constructor(lifecycle) {
    this.lifecycle = lifecycle
  }
  onApplicationBootstrap() {
    say({ event: 'bootstrapped', state: this.lifecycle.state })
  }
  work() {
    const release = this.lifecycle.hold('job 1')
    this.lifecycle.onDrain(() => {
      setTimeout(() => {
        say({ event: 'done' })
        release()
      }, 700)
    })
  }
  onModuleDestroy() {
    say({ event: 'destroyed' })
  }
  onApplicationShutdown() {
    say({ event: 'shut down' })
  }
}
parameters(Worker, undefined, [Inject(LIFECYCLE)])
decorate(Worker, [])

class App {}
decorate(App, [Module({ imports: [GracefulModule.forRoot(testOptions())], providers: [Worker] })])

const app = await NestFactory.createApplicationContext(App, { logger: ['error', 'warn'] })
if (process.env.SHUTDOWN_HOOKS) app.enableShutdownHooks([], { useProcessExit: true })
observe(app.get(LIFECYCLE))
app.get(Worker).work()
setInterval(() => {}, 1000)
say({ listening: 0 })
say({ ready: app.get(LIFECYCLE).state })
