import 'reflect-metadata'
import type { Lifecycle } from '@lameduck/core'
import {
  GracefulModule,
  type GracefulModuleOptions,
  LIFECYCLE,
  OnDrain,
  ReadinessCheck,
  StartupTask,
} from '@lameduck/nestjs'
import { type INestApplication, Injectable, Module, Scope, type Type } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { HealthIndicatorService, TerminusModule } from '@nestjs/terminus'
import { afterEach, expect, test } from 'vitest'

const options = { signals: false, crash: false, logger: false } as const satisfies GracefulModuleOptions
const opened: INestApplication[] = []

async function application(providers: Type[]): Promise<INestApplication> {
  class App {}
  Module({ imports: [GracefulModule.forRoot(options), TerminusModule], providers })(App)
  const app = await NestFactory.create(App, { logger: false, abortOnError: false })
  opened.push(app)
  return app
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((app) => app.close()))
})

const readiness = async (app: INestApplication): Promise<number> =>
  (await fetch(`http://127.0.0.1:${app.getHttpServer().address().port}/readyz`)).status

test('@OnDrain() calls the method of its instance when draining begins, before Nest closes it', async () => {
  const calls: string[] = []
  @Injectable()
  class Consumer {
    readonly name: string = 'consumer'
    @OnDrain()
    async stop() {
      calls.push(`${this.name} stops`)
      await new Promise((resolve) => setTimeout(resolve, 20))
      calls.push(`${this.name} has stopped`)
    }
    onModuleDestroy() {
      calls.push('destroyed')
    }
  }
  @Injectable()
  class SpecialConsumer extends Consumer {
    override readonly name = 'special'
  }
  const app = await application([SpecialConsumer])
  await app.listen(0, '127.0.0.1')
  await app.close()
  expect(calls).toEqual(['special stops', 'special has stopped', 'destroyed'])
})

test('@StartupTask() holds readiness, and runs when every provider is initialised', async () => {
  const calls: string[] = []
  let finish = () => {}
  @Injectable()
  class Cache {
    @StartupTask('warm up')
    async warm(signal: AbortSignal) {
      calls.push(`warm, ${signal.aborted ? 'aborted' : 'going on'}`)
      await new Promise<void>((resolve) => {
        finish = resolve
      })
    }
  }
  @Injectable()
  class Pool {
    async onModuleInit() {
      await new Promise((resolve) => setTimeout(resolve, 20))
      calls.push('initialised')
    }
  }
  const app = await application([Cache, Pool])
  await app.listen(0, '127.0.0.1')
  expect(calls).toEqual(['initialised', 'warm, going on'])
  expect(await readiness(app)).toBe(503)
  finish()
  await app.get<Lifecycle>(LIFECYCLE).ready()
  expect(await readiness(app)).toBe(200)
})

test('@ReadinessCheck() makes readiness red while the method fails, each by its name', async () => {
  let isWell = true
  @Injectable()
  class Database {
    @ReadinessCheck('database', { ttl: 0 })
    ping() {
      return isWell
    }
  }
  const app = await application([Database])
  await app.listen(0, '127.0.0.1')
  expect(await readiness(app)).toBe(200)
  isWell = false
  expect(await readiness(app)).toBe(503)
  isWell = true
  expect(await readiness(app)).toBe(200)
})

test.each([
  ['returns that it is down', (health: HealthIndicatorService) => health.check('db').down('no')],
  [
    'attempts in vain',
    (health: HealthIndicatorService) => health.check('db').attempt(() => Promise.reject(new Error('no'))),
  ],
  [
    'throws, as those before terminus 12 do',
    () => {
      throw Object.assign(new Error('no'), { causes: { db: { status: 'down' } } })
    },
  ],
])('a terminus indicator that %s makes readiness red', async (_how, fail) => {
  let isWell = true
  @Injectable()
  class Database {
    readonly health: HealthIndicatorService
    constructor(health: HealthIndicatorService) {
      this.health = health
    }
    @ReadinessCheck('db', { ttl: 0 })
    ping() {
      return isWell ? this.health.check('db').up({ open: 3 }) : fail(this.health)
    }
  }
  Reflect.defineMetadata('design:paramtypes', [HealthIndicatorService], Database)
  const app = await application([Database])
  await app.listen(0, '127.0.0.1')
  expect(await readiness(app)).toBe(200)
  isWell = false
  expect(await readiness(app)).toBe(503)
})

test('a terminus indicator is a check of the lifecycle itself, too', async () => {
  const app = await application([])
  const indicator = () => app.get(HealthIndicatorService, { strict: false }).check('db').down()
  app.get<Lifecycle>(LIFECYCLE).check('db', indicator)
  await app.listen(0, '127.0.0.1')
  expect(await readiness(app)).toBe(503)
})

test('a decorated method of a provider that is made for every request is refused', async () => {
  @Injectable({ scope: Scope.REQUEST })
  class Visitor {
    @OnDrain()
    leave() {}
  }
  const app = await application([Visitor])
  await expect(app.init()).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' })
})

test('two checks of one name are refused', async () => {
  @Injectable()
  class Databases {
    @ReadinessCheck('db')
    first() {}
    @ReadinessCheck('db')
    second() {}
  }
  const app = await application([Databases])
  await expect(app.init()).rejects.toMatchObject({ code: 'NAME_TAKEN' })
})
