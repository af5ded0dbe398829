import { createServer } from 'node:http'
import { Code, ConnectError } from '@connectrpc/connect'
import { connectNodeAdapter } from '@connectrpc/connect-node'
import { createLifecycle } from '@lameduck/core'
import { routes } from './app.mjs'

const lifecycle = createLifecycle()
const shutdown = new AbortController()
lifecycle.cutoff.addEventListener('abort', () => {
  shutdown.abort(new ConnectError('shutting down', Code.Unavailable))
})
const server = createServer(connectNodeAdapter({ routes, shutdownSignal: shutdown.signal }))
lifecycle.attach(server)
server.listen(process.env.PORT, () => lifecycle.ready())
