import 'reflect-metadata'
import { GracefulModule, type GracefulModuleOptions } from '@lameduck/nestjs'
import {
  type CallHandler,
  Controller,
  type ExceptionFilter,
  Get,
  type INestApplication,
  Module,
  VersioningType,
} from '@nestjs/common'
import { APP_GUARD, NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger'
import { ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler'
import { describe, expect, test } from 'vitest'

const options = { signals: false, crash: false, logger: false } as const satisfies GracefulModuleOptions

@Controller('orders')
class Orders {
  @Get()
  find() {
    return 'orders'
  }
}

@Module({
  imports: [GracefulModule.forRoot(options), ThrottlerModule.forRoot([{ ttl: 60_000, limit: 1 }])],
  controllers: [Orders],
  providers: [{ provide: APP_GUARD, useClass: ThrottlerGuard }],
})
class App {}

describe.each([
  ['express', () => new ExpressAdapter()],
  ['fastify', () => new FastifyAdapter()],
])('probes on %s', (_platform, adapter) => {
  /** Everything that Nest can put in a request's way, each telling that it was there. */
  async function application(): Promise<{ app: INestApplication; seen: string[]; origin: string }> {
    const seen: string[] = []
    const see = (what: string) => {
      seen.push(what)
      return true
    }
    const app = await NestFactory.create(App, adapter(), { logger: false })
    app.setGlobalPrefix('api')
    app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' })
    app.use((_request: unknown, _response: unknown, next: () => void) => {
      see('middleware')
      next()
    })
    app.useGlobalGuards({ canActivate: () => see('guard') })
    app.useGlobalInterceptors({
      intercept: (_context: unknown, next: CallHandler) => {
        see('interceptor')
        return next.handle()
      },
    })
    app.useGlobalPipes({
      transform: (value: unknown) => {
        see('pipe')
        return value
      },
    })
    app.useGlobalFilters({
      catch: (_exception, host) => {
        see('filter')
        const response = host.switchToHttp().getResponse()
        response.status(429)
        response.send('too many')
      },
    } satisfies ExceptionFilter)
    await app.listen(0, '127.0.0.1')
    return { app, seen, origin: `http://127.0.0.1:${app.getHttpServer().address().port}` }
  }

  test('are answered before prefix, version, middleware, guards, throttlers, interceptors, pipes and filters', async () => {
    const { app, seen, origin } = await application()
    for (let i = 0; i < 5; i++) {
      for (const path of ['/livez', '/readyz', '/startupz?verbose']) {
        expect((await fetch(origin + path)).status).toBe(200)
      }
    }
    expect(seen).toEqual([])
    expect(await (await fetch(`${origin}/api/v1/orders`)).text()).toBe('orders')
    expect((await fetch(`${origin}/api/v1/orders`)).status).toBe(429)
    expect(seen).toEqual(expect.arrayContaining(['middleware', 'guard', 'interceptor', 'filter']))
    await app.close()
  })

  test('are not in the OpenAPI document', async () => {
    const { app } = await application()
    const { paths } = SwaggerModule.createDocument(app, new DocumentBuilder().build())
    expect(Object.keys(paths)).toEqual(['/api/v1/orders'])
    await app.close()
  })
})
