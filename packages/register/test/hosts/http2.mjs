import { createSecureServer } from 'node:http2'
import { selfSigned } from '@lameduck/conformance/subject'
import { answer, closed, listening } from './answers.mjs'

const server = createSecureServer({ ...selfSigned, allowHTTP1: true }, async (request, response) =>
  response.end(await answer(request.url)),
)
process.on('SIGTERM', () => server.close(closed))
server.listen(0, '127.0.0.1', () => listening(server))
