import { createLifecycle } from '@lameduck/core'
import { app } from './app.mjs'

const lifecycle = createLifecycle()
await app.start()
lifecycle.attach(app.restServer.httpServer.server)
await lifecycle.ready()
