import { listenOptions } from '@lameduck/example-kit'
import graceful from '@lameduck/fastify'
import Fastify from 'fastify'

import { addRoutes } from './routes.js'

const app = Fastify()
await app.register(graceful)
addRoutes(app)
await app.listen(listenOptions())
