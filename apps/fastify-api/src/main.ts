import graceful from '@lameduck/fastify'
import Fastify from 'fastify'
import { listenOptions } from './listen-options.js'
import { addRoutes } from './routes.js'

const app = Fastify()
await app.register(graceful)
addRoutes(app)
await app.listen(listenOptions())
