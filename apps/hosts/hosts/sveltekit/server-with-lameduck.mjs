import { createServer } from 'node:http'
import { createLifecycle } from '@lameduck/core'
import { handler } from './build/handler.js'

const lifecycle = createLifecycle()
const server = createServer(handler)
lifecycle.attach(server)
server.listen(process.env.PORT, () => lifecycle.ready())
