// An application on the platform and with the protocol of the environment.
import { observe, sayListening, selfSigned } from '@lameduck/conformance/subject'
import { LIFECYCLE } from '@lameduck/nestjs'
import { NestFactory } from '@nestjs/core'

const { PLATFORM = 'express', PROTOCOL = 'http', SHUTDOWN_HOOKS = 'no' } = process.env

async function createAdapter(https) {
  if (PLATFORM === 'express') return new (await import('@nestjs/platform-express')).ExpressAdapter()
  return new (await import('@nestjs/platform-fastify')).FastifyAdapter(https ? { https } : {})
}

/** Creates it, as `main.ts` would, with `enableShutdownHooks()` or without. */
export async function createApplication(module, options = {}) {
  const https = PROTOCOL === 'https' ? selfSigned : undefined
  const app = await NestFactory.create(module, await createAdapter(https), {
    logger: ['error', 'warn', 'fatal'],
    ...(https && { httpsOptions: https }),
    ...options,
  })
  if (SHUTDOWN_HOOKS !== 'no') app.enableShutdownHooks([], { useProcessExit: SHUTDOWN_HOOKS === 'exit' })
  return app
}

/** Listens, and tells the test. */
export async function listen(app) {
  await app.listen(0, '127.0.0.1')
  const lifecycle = app.get(LIFECYCLE)
  observe(lifecycle)
  sayListening(lifecycle, app.getHttpServer().address().port)
}
