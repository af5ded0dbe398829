import { createLifecycle } from '@lameduck/core'
import { server } from './app.mjs'

const lifecycle = createLifecycle()
const prepare = (app) =>
  app.ready(async () => {
    const server = await app.container.make('server')
    lifecycle.attach(server.getNodeServer())
    await lifecycle.ready()
  })

await server(prepare).start()
