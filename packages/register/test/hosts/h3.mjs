// h3 on srvx, which closes its listener at the signal by itself.
import { H3, serve } from 'h3'
import { answer, closed, listening } from './answers.mjs'

const app = new H3()
app.get('/**', (event) => answer(event.url.pathname))
const server = serve(app, { port: 0, hostname: '127.0.0.1', gracefulShutdown: true })
const { close } = server
server.close = async (...args) => {
  await close.apply(server, args)
  closed()
}
await server.ready()
listening(server.node.server)
