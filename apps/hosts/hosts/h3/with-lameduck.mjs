import { createLifecycle } from '@lameduck/core'
import { serve } from 'h3'
import { app } from './app.mjs'

const lifecycle = createLifecycle()
const server = serve(app, { port: process.env.PORT })
lifecycle.attach(server.node.server)
await server.ready()
await lifecycle.ready()
