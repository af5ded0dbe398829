// Types that Node can strip by itself, and an enum-free file that tsx compiles.
import { createServer, type Server } from 'node:http'
import { answer, closed, listening } from './answers.mjs'

const server: Server = createServer(async (request, response) => {
  response.end(await answer(request.url ?? ''))
})
process.once('SIGTERM', (): unknown => server.close(closed))
server.listen(0, '127.0.0.1', () => listening(server))
