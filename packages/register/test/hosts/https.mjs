import { createServer } from 'node:https'
import { selfSigned } from '@lameduck/conformance/subject'
import { answer, closed, listening } from './answers.mjs'

const server = createServer(selfSigned, async (request, response) => response.end(await answer(request.url)))
process.on('SIGTERM', () => server.close(closed))
server.listen(0, '127.0.0.1', () => listening(server))
