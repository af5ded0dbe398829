// srvx, the server below h3 and Nitro: it closes its listener at the signal.
import { say, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'
import { serve } from 'srvx'
import { follow, slowAnswer } from './begin.mjs'

const lifecycle = createLifecycle(testOptions())
const server = serve({
  port: 0,
  hostname: '127.0.0.1',
  gracefulShutdown: true,
  fetch: async ({ url }) => new Response(url.endsWith('/slow') ? await slowAnswer() : 'quick'),
})
const { close } = server
server.close = (...args) => {
  say({ theirs: true })
  return close.apply(server, args)
}
await server.ready()
lifecycle.attach(server.node.server)
void lifecycle.ready()
follow(lifecycle, server.node.server)
