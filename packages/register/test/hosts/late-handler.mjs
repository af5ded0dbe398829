// As Next does it: the handler is installed when the server listens, and exits with the signal's own code.
import { createServer } from 'node:http'
import { answer, closed, listening } from './answers.mjs'

const server = createServer(async (request, response) => response.end(await answer(request.url)))
server.on('listening', () => {
  const stop = async () => {
    await new Promise((resolve) => server.close(resolve))
    closed()
    process.exit(143)
  }
  process.on('SIGTERM', stop)
  listening(server)
})
server.listen(0, '127.0.0.1')
