// Stands for the service of an error reporter, in a process of its own beside the one that crashes: prints what is sent to it.
import { createServer } from 'node:http'
import { gunzipSync } from 'node:zlib'

const server = createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray())
  const text = String(request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body)
  process.stdout.write(`${JSON.stringify({ received: request.url, whole: text })}\n`)
  response.writeHead(202, { 'Content-Type': 'application/json' }).end('{"id":"1"}')
})
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ listening: server.address().port })}\n`)
})
