// A host that ends everything at the signal: connections, other people's listeners, and the process.
import { createServer } from 'node:http'
import { answer, closed, listening } from './answers.mjs'

const connections = new Set()
const server = createServer(async (request, response) => response.end(await answer(request.url)))
server.on('connection', (socket) => {
  connections.add(socket)
  socket.on('close', () => connections.delete(socket))
})
const stop = async () => {
  for (const socket of connections) socket.destroy()
  await new Promise((resolve) => server.close(resolve))
  process.removeAllListeners()
  closed()
  process.exit()
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
server.listen(0, '127.0.0.1', () => listening(server))
