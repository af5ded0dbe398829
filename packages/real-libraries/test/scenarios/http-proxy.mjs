// A gateway of @fastify/http-proxy in front of a WebSocket echo and a slow service, both in this process.
import { createServer } from 'node:http'
import proxy from '@fastify/http-proxy'
import { testOptions } from '@lameduck/conformance/subject'
import graceful from '@lameduck/fastify'
import Fastify from 'fastify'
import { WebSocketServer } from 'ws'
import { follow, slowAnswer } from './begin.mjs'

const upstream = createServer(async (_request, response) => response.end(await slowAnswer()))
new WebSocketServer({ server: upstream }).on('connection', (socket) => {
  socket.on('message', (text) => socket.send(String(text)))
})
await new Promise((resolve) => upstream.listen(0, '127.0.0.1', resolve))

const app = Fastify()
await app.register(graceful, testOptions())
await app.register(proxy, { upstream: `http://127.0.0.1:${upstream.address().port}`, websocket: true })
await app.listen({ port: 0, host: '127.0.0.1' })
app.lifecycle.onStop('upstream', () => {
  upstream.close()
  upstream.closeAllConnections()
})
follow(app.lifecycle, app.server)
