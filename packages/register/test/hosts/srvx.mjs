// srvx, which closes its listener at the signal by itself.
import { serve } from 'srvx'
import { answer, closed, listening } from './answers.mjs'

const server = serve({
  port: 0,
  hostname: '127.0.0.1',
  gracefulShutdown: true,
  fetch: async ({ url }) => new Response(await answer(new URL(url).pathname)),
})
const { close } = server
server.close = async (...args) => {
  await close.apply(server, args)
  closed()
}
await server.ready()
listening(server.node.server)
