// A server of Node's own, stopped the way that tutorials stop one.
import { createServer } from 'node:http'
import { answer, closed, listening } from './answers.mjs'

const server = createServer(async (request, response) => response.end(await answer(request.url)))
process.on('SIGTERM', () => {
  server.close(() => {
    closed()
    process.exit(0)
  })
  server.closeIdleConnections()
})
server.listen(0, '127.0.0.1', () => listening(server))
