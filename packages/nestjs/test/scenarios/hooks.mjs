// Providers of two modules tell when Nest calls them. Ends as the environment says.
import { setTimeout as sleep } from 'node:timers/promises'
import { say, testOptions } from '@lameduck/conformance/subject'
import { GracefulModule, LIFECYCLE } from '@lameduck/nestjs'
import { Controller, Get, Module, Query } from '@nestjs/common'
import { decorate, parameters } from '../subjects/decorate.mjs'
import { createApplication, listen } from './create-application.mjs'

const { PLAIN, HOOK, LIFECYCLE_SIGNALS, NEST_OPTIONS = '{}' } = process.env

const telling = (name) =>
  class {
    onModuleDestroy() {
      say({ event: `${name}.onModuleDestroy` })
      if (name === 'Pool' && HOOK === 'throws') throw new Error('the pool is stuck')
      if (name === 'Pool' && HOOK === 'hangs') return new Promise(() => {})
    }
    beforeApplicationShutdown(signal) {
      say({ event: `${name}.beforeApplicationShutdown${signal ? ` ${signal}` : ''}` })
    }
    onApplicationShutdown(signal) {
      say({ event: `${name}.onApplicationShutdown${signal ? ` ${signal}` : ''}` })
    }
  }

const Pool = telling('Pool')
const Jobs = telling('Jobs')
class Database {}
decorate(Database, [Module({ providers: [Pool], exports: [Pool] })])

class Routes {
  async slow(ms) {
    await sleep(Number(ms))
    say({ event: 'answered' })
    return 'slow'
  }
}
parameters(Routes, 'slow', [Query('ms')])
decorate(Routes, [Controller()], { slow: [Get('slow')] })

const options = { ...testOptions(), ...(LIFECYCLE_SIGNALS && { signals: LIFECYCLE_SIGNALS.split(',') }) }
class App {}
decorate(App, [
  Module({
    imports: [Database, ...(PLAIN ? [] : [GracefulModule.forRoot(options)])],
    controllers: [Routes],
    providers: [Jobs],
  }),
])

const app = await createApplication(App, JSON.parse(NEST_OPTIONS))
const held = setInterval(() => {}, 1000)
process.on('SIGWINCH', async () => {
  await Promise.all([app.close(), app.close()])
  await app.close()
  say({ closed: PLAIN ? 'stopped' : app.get(LIFECYCLE).state, listeners: process.listenerCount('SIGTERM') })
  if (PLAIN) clearInterval(held)
})
if (PLAIN) {
  await app.listen(0, '127.0.0.1')
  say({ listening: app.getHttpServer().address().port })
  say({ ready: true })
} else await listen(app)
