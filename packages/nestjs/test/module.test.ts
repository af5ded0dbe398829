import 'reflect-metadata'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { injectableTargets, isProbeAnswer } from '@lameduck/conformance'
import { createLifecycle, type Lifecycle } from '@lameduck/core'
import {
  GracefulModule,
  type GracefulModuleOptions,
  type GracefulOptionsFactory,
  InjectLifecycle,
  LIFECYCLE,
} from '@lameduck/nestjs'
import {
  Controller,
  Get,
  type INestApplication,
  Injectable,
  Module,
  type ModuleMetadata,
} from '@nestjs/common'
import { NestApplicationContext, NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { Test } from '@nestjs/testing'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'

const options = { signals: false, crash: false, logger: false } as const satisfies GracefulModuleOptions
const opened: { close(): Promise<void> }[] = []

/** An application of a module that is made for the test. */
async function application(metadata: ModuleMetadata): Promise<INestApplication> {
  class App {}
  Module(metadata)(App)
  const app = await NestFactory.create(App, { logger: false, abortOnError: false })
  opened.push(app)
  return app
}

const portOf = (app: INestApplication): number => app.getHttpServer().address().port

afterEach(async () => {
  await Promise.all(opened.splice(0).map((app) => app.close()))
})

describe('GracefulModule', () => {
  test('is ready when the application listens, and stopped when it has closed', async () => {
    const app = await application({ imports: [GracefulModule.forRoot(options)] })
    const lifecycle = app.get<Lifecycle>(LIFECYCLE)
    expect(lifecycle.state).toBe('starting')
    await app.listen(0, '127.0.0.1')
    expect(lifecycle.state).toBe('ready')
    await app.close()
    expect(lifecycle.state).toBe('stopped')
  })

  test("drains a server again that was another application's before", async () => {
    const server = createServer()
    class Shared extends ExpressAdapter {
      override initHttpServer() {
        this.httpServer = server.removeAllListeners('request').on('request', this.getInstance())
      }
    }
    for (const _ of ['first', 'second', 'third']) {
      class App {}
      Module({ imports: [GracefulModule.forRoot(options)] })(App)
      const app = await NestFactory.create(App, new Shared(), { logger: false, abortOnError: false })
      opened.push(app)
      await app.listen(0, '127.0.0.1')
      expect((await fetch(`http://127.0.0.1:${portOf(app)}/readyz`)).status).toBe(200)
      await app.close()
      expect(app.get<Lifecycle>(LIFECYCLE).state).toBe('stopped')
      expect(server.listening).toBe(false)
    }
  })

  test('is not ready because another server listens that the lifecycle was given', async () => {
    const app = await application({ imports: [GracefulModule.forRoot(options)] })
    const lifecycle = app.get<Lifecycle>(LIFECYCLE)
    const metrics = createServer()
    lifecycle.attach(metrics)
    await once(metrics.listen(0, '127.0.0.1'), 'listening')
    expect(lifecycle.state).toBe('starting')
    await app.listen(0, '127.0.0.1')
    expect(lifecycle.state).toBe('ready')
  })

  test('needs no options, and is global', async () => {
    @Injectable()
    class Jobs {
      readonly lifecycle: Lifecycle
      constructor(@InjectLifecycle() lifecycle: Lifecycle) {
        this.lifecycle = lifecycle
      }
    }
    @Module({ providers: [Jobs] })
    class JobsModule {}
    const app = await application({ imports: [JobsModule, GracefulModule.forRoot()] })
    expect(app.get(Jobs).lifecycle).toBe(app.get(LIFECYCLE))
    expect(process.listenerCount('SIGTERM')).toBe(1)
    await app.close()
    expect(process.listenerCount('SIGTERM')).toBe(0)
  })

  test('injects its lifecycle into a property', async () => {
    @Injectable()
    class Jobs {
      @InjectLifecycle() readonly lifecycle?: Lifecycle
    }
    const app = await application({ imports: [GracefulModule.forRoot(options)], providers: [Jobs] })
    expect(app.get(Jobs).lifecycle).toBe(app.get(LIFECYCLE))
  })

  @Injectable()
  class Options implements GracefulOptionsFactory {
    createGracefulOptions() {
      return { ...options, gracePeriod: 12_345 }
    }
  }
  @Module({ providers: [Options], exports: [Options] })
  class OptionsModule {}

  test.each([
    ['useFactory', { useFactory: async () => ({ ...options, gracePeriod: 12_345 }) }],
    ['useClass', { useClass: Options }],
    ['useExisting', { imports: [OptionsModule], useExisting: Options }],
    [
      'imports and inject',
      {
        imports: [OptionsModule],
        inject: [Options],
        useFactory: (from: Options) => from.createGracefulOptions(),
      },
    ],
  ])('takes its options later, by %s', async (_way, asyncOptions) => {
    const app = await application({ imports: [GracefulModule.forRootAsync(asyncOptions)] })
    expect(app.get<Lifecycle>(LIFECYCLE).plan.gracePeriod).toBe(12_345)
  })

  test('shares a lifecycle', async () => {
    const lifecycle = createLifecycle(options)
    const app = await application({ imports: [GracefulModule.forRoot({ lifecycle })] })
    expect(app.get(LIFECYCLE)).toBe(lifecycle)
    await app.listen(0, '127.0.0.1')
    await lifecycle.stop()
    expect(app.getHttpServer().listening).toBe(false)
  })

  test('closes Nest when its lifecycle is stopped', async () => {
    let destroyed = 0
    class Pool {
      onModuleDestroy() {
        destroyed++
      }
    }
    const app = await application({ imports: [GracefulModule.forRoot(options)], providers: [Pool] })
    await app.listen(0, '127.0.0.1')
    await app.get<Lifecycle>(LIFECYCLE).stop()
    await app.close()
    expect(destroyed).toBe(1)
  })

  test('refuses wrong options, and to be imported twice', async () => {
    await expect(
      application({ imports: [GracefulModule.forRoot({ ...options, gracePeriod: -1 })] }),
    ).rejects.toMatchObject({ code: 'OPTION_INVALID' })
    await expect(
      application({ imports: [GracefulModule.forRoot(options), GracefulModule.forRoot(options)] }),
    ).rejects.toMatchObject({ code: 'ALREADY_REGISTERED' })
    await expect(application({ imports: [GracefulModule] })).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
      message: expect.stringContaining('imports: [GracefulModule.forRoot()]'),
    })
    expect(process.listenerCount('SIGTERM')).toBe(0)
  })

  test('closes an application that was never initialised', async () => {
    const app = await application({ imports: [GracefulModule.forRoot()] })
    const lifecycle = app.get<Lifecycle>(LIFECYCLE)
    await app.close()
    expect(lifecycle.state).toBe('stopped')
    expect(process.listenerCount('SIGTERM')).toBe(0)
  })
})

describe('an application is ready', () => {
  const hook = { provide: 'hook', useFactory: () => ({ onApplicationBootstrap: () => seen.push(stateOf()) }) }
  const seen: string[] = []
  let stateOf = () => 'unknown'

  async function create(): Promise<INestApplication> {
    seen.length = 0
    const app = await application({ imports: [GracefulModule.forRoot(options)], providers: [hook] })
    stateOf = () => app.get<Lifecycle>(LIFECYCLE).state
    return app
  }

  test('once it is initialised, if it never listens', async () => {
    const app = await create()
    await app.init()
    expect([...seen, stateOf()]).toEqual(['starting', 'ready'])
  })

  test('not before it listens, if it is told to', async () => {
    const app = await create()
    const server: Server = app.getHttpServer()
    const listen = server.listen.bind(server)
    server.listen = (...args: unknown[]) => {
      seen.push(stateOf())
      return listen(...(args as []))
    }
    await app.listen(0, '127.0.0.1')
    expect([...seen, stateOf()]).toEqual(['starting', 'starting', 'ready'])
  })
})

describe('a Nest that does not fit', () => {
  const prototype = NestApplicationContext.prototype as unknown as Record<string, unknown>

  test.each(['callDestroyHook', 'callInitHook', 'close'])('is refused: one without %s', async (stage) => {
    const original = prototype[stage]
    prototype[stage] = undefined
    try {
      const created = application({ imports: [GracefulModule.forRoot(options)] })
      await expect(created).rejects.toMatchObject({ code: 'FRAMEWORK_UNSUPPORTED' })
      await expect(created).rejects.toThrow(stage)
    } finally {
      prototype[stage] = original
    }
  })

  test('is refused when it starts: one that does not come by', async () => {
    const app = await application({ imports: [GracefulModule.forRoot(options)] })
    const lifecycle = app.get<Lifecycle>(LIFECYCLE)
    opened.length = 0
    const watched = prototype['callInitHook']
    prototype['callInitHook'] = async () => {}
    try {
      await expect(app.init()).rejects.toMatchObject({ code: 'FRAMEWORK_UNSUPPORTED' })
    } finally {
      prototype['callInitHook'] = watched
      await lifecycle.stop()
    }
  })
})

describe('probes', () => {
  @Controller()
  class Orders {
    @Get('orders')
    find() {
      return 'orders'
    }
  }

  @Controller('readyz')
  class Mine {
    @Get()
    find() {
      return 'mine'
    }
  }

  test('are not to be had as routes of the application', async () => {
    const app = await application({ imports: [GracefulModule.forRoot(options)], controllers: [Mine] })
    await expect(app.init()).rejects.toMatchObject({ code: 'PROBE_ROUTE_TAKEN' })
  })

  test('leave a path alone that is theirs no more, or is under a prefix', async () => {
    const moved = await application({
      imports: [GracefulModule.forRoot({ ...options, probes: { readyz: '/health' } })],
      controllers: [Mine],
    })
    await moved.listen(0, '127.0.0.1')
    expect(await (await fetch(`http://127.0.0.1:${portOf(moved)}/readyz`)).text()).toBe('mine')
    const prefixed = await application({ imports: [GracefulModule.forRoot(options)], controllers: [Mine] })
    prefixed.setGlobalPrefix('api')
    await prefixed.listen(0, '127.0.0.1')
    const origin = `http://127.0.0.1:${portOf(prefixed)}`
    expect(await (await fetch(`${origin}/api/readyz`)).text()).toBe('mine')
    expect((await fetch(`${origin}/readyz`)).status).toBe(200)
    expect((await fetch(`${origin}/api/livez`)).status).toBe(404)
  })

  test('are routes for inject() on the Fastify platform', async () => {
    const testing = await Test.createTestingModule({
      imports: [GracefulModule.forRoot(options)],
      controllers: [Orders],
    }).compile()
    const app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false })
    opened.push(app)
    await app.init()
    expect((await app.inject('/livez')).json()).toEqual({ status: 'ok', state: 'ready' })
    expect((await app.inject({ method: 'HEAD', url: '/readyz' })).statusCode).toBe(200)
    expect((await app.inject('/orders')).body).toBe('orders')
    const answered: Record<string, boolean> = {}
    for (const url of Object.keys(injectableTargets)) {
      const { statusCode: status, headers } = await app.inject(url)
      answered[url] = isProbeAnswer({ status, headers })
    }
    expect(answered).toEqual(injectableTargets)
  })
})

describe('a testing module', () => {
  let app: INestApplication
  let resources: string[]

  beforeAll(async () => {
    resources = process.getActiveResourcesInfo()
    const testing = await Test.createTestingModule({
      imports: [GracefulModule.forRoot({ logger: false })],
    }).compile()
    app = testing.createNestApplication({ logger: false })
    await app.listen(0, '127.0.0.1')
  })

  afterAll(async () => {
    const startedAt = performance.now()
    await app.close()
    // The client hangs up by itself a second before Node's keep-alive time of 5 s is over.
    expect(performance.now() - startedAt).toBeLessThan(3000)
    expect(process.listenerCount('SIGTERM')).toBe(0)
    const servers = (names: string[]) => names.filter((name) => name === 'TCPServerWrap').length
    expect(servers(process.getActiveResourcesInfo())).toBe(servers(resources))
  })

  test('serves, on a connection that the client keeps', async () => {
    expect((await fetch(`http://127.0.0.1:${portOf(app)}/readyz`)).status).toBe(200)
    expect((await fetch(`http://127.0.0.1:${portOf(app)}/nowhere`)).status).toBe(404)
  })

  test('may be compiled once more, after the Fastify application that it had before', async () => {
    const builder = Test.createTestingModule({ imports: [GracefulModule.forRoot(options)] })
    for (const round of [1, 2]) {
      const testing = await builder.compile()
      const application = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), {
        logger: false,
      })
      await application.init()
      expect((await application.inject('/readyz')).statusCode, `round ${round}`).toBe(200)
      await application.close()
    }
  })

  test('drains for close() of the module itself, too', async () => {
    const testing = await Test.createTestingModule({ imports: [GracefulModule.forRoot(options)] }).compile()
    await testing.init()
    const lifecycle = testing.get<Lifecycle>(LIFECYCLE)
    expect(lifecycle.state).toBe('ready')
    await testing.close()
    expect(lifecycle.state).toBe('stopped')
  })
})
