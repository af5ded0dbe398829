import { createLifecycle } from '@lameduck/core'
import { server } from './app.mjs'

const graceful = {
  name: 'lameduck',
  register(server, options) {
    const lifecycle = createLifecycle(options)
    lifecycle.attach(server.listener)
    lifecycle.onStop('hapi', () => server.stop())
    server.decorate('server', 'lifecycle', lifecycle)
    server.ext('onPostStart', () => lifecycle.ready())
  },
}

await server.register(graceful)
await server.start()
