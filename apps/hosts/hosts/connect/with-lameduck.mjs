import { createServer } from 'node:http'
import { connectNodeAdapter } from '@connectrpc/connect-node'
import { createLifecycle } from '@lameduck/core'
import { routes } from './app.mjs'

const lifecycle = createLifecycle()
const server = createServer(connectNodeAdapter({ routes, shutdownSignal: lifecycle.cutoff }))
lifecycle.attach(server)
server.listen(process.env.PORT, () => lifecycle.ready())
