// A scope of its own, in which the WebSocket plugin stays: it was registered before the lifecycle.
import websocket from '@fastify/websocket'

export default async function chat(app) {
  await app.register(websocket)
  app.get('/ws', { websocket: true }, (socket) => {
    socket.on('message', (data) => socket.send(String(data)))
  })
}
