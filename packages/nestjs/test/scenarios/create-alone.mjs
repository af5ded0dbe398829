// A microservice without HTTP.
import { observe, say } from '@lameduck/conformance/subject'
import { LIFECYCLE } from '@lameduck/nestjs'
import { NestFactory } from '@nestjs/core'

/** Creates one that says what happens to its lifecycle, and that SIGWINCH closes as an application closes itself. */
export async function createAlone(module, transport) {
  const app = await NestFactory.createMicroservice(module, {
    ...transport,
    logger: ['error', 'warn', 'fatal'],
  })
  const lifecycle = app.get(LIFECYCLE)
  observe(lifecycle)
  process.on('SIGWINCH', async () => {
    await app.close()
    say({ closed: lifecycle.state })
  })
  return { app, lifecycle }
}
