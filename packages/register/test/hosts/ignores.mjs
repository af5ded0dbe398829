// A host that knows of no signal.
import { createServer } from 'node:http'
import { answer, listening } from './answers.mjs'

const server = createServer(async (request, response) => response.end(await answer(request.url)))
server.listen(0, '127.0.0.1', () => listening(server))
