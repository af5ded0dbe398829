import { serve } from '@hono/node-server'
import { createLifecycle } from '@lameduck/core'
import { app } from './app.mjs'

const lifecycle = createLifecycle()
lifecycle.attach(serve({ fetch: app.fetch, port: Number(process.env.PORT) }, () => lifecycle.ready()))
