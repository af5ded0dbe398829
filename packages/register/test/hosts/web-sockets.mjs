// WebSockets by every way to open one; only the host knows of their servers, and ends them at the signal.
import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'
import { answer, closed, listening } from './answers.mjs'

const server = createServer(async (request, response) => response.end(await answer(request.url)))
const tracked = new WebSocketServer({ server, path: '/tracked' })
const byHand = new WebSocketServer({ noServer: true, clientTracking: false })
for (const each of [tracked, byHand]) {
  each.on('connection', (webSocket) => webSocket.on('message', (data) => webSocket.send(String(data))))
  each.shouldHandle = ({ url }) => url === (each === tracked ? '/tracked' : '/')
}
server.removeAllListeners('upgrade').on('upgrade', (request, socket, head) => {
  const owner = request.url === '/tracked' ? tracked : byHand
  // As one that asks a database who it is.
  setTimeout(() => owner.handleUpgrade(request, socket, head, (each) => owner.emit('connection', each)), 20)
})
process.on('SIGTERM', () => {
  for (const webSocket of tracked.clients) webSocket.close(1000)
  server.close(() => {
    closed()
    process.exit(0)
  })
})
server.listen(0, '127.0.0.1', () => listening(server))
