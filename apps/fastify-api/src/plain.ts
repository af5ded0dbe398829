// The same service as main.ts, stopped the way that is usually shown: SIGTERM closes the app.
import { listenOptions } from '@lameduck/example-kit'
import Fastify from 'fastify'

import { addRoutes } from './routes.js'

const app = Fastify()
app.get('/livez', () => ({ status: 'ok' }))
app.get('/readyz', () => ({ status: 'ok' }))
addRoutes(app)
process.on('SIGTERM', () => app.close())
await app.listen(listenOptions())
