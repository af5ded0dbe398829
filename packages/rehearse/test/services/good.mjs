// Does by hand what a drain needs: readiness red, serve on for a window, say Connection: close, finish, leave.
import { createServer } from 'node:http'

let draining = false
const server = createServer((request, response) => {
  if (draining) response.setHeader('Connection', 'close')
  if (request.url === '/livez') return response.end('ok')
  if (request.url === '/readyz') return response.writeHead(draining ? 503 : 200).end()
  if (request.method !== 'GET') {
    let bytes = 0
    request.on('data', (chunk) => {
      bytes += chunk.length
    })
    request.on('end', () => {
      response.setHeader('Content-Type', 'application/json')
      response.end(JSON.stringify({ bytes }))
    })
    return
  }
  setTimeout(() => response.end('hello'), 5)
})
server.keepAliveTimeout = 60_000
process.on('SIGTERM', () => {
  draining = true
  setTimeout(() => server.close(() => process.exit(0)), 2500)
})
server.listen(Number(process.env.PORT), process.env.HOST)
