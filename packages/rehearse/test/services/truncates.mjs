// Announces more than it sends, once in a while.
import { createServer } from 'node:http'

let requests = 0
createServer((request, response) => {
  if (request.url === '/readyz' || request.url === '/livez') return response.end('ok')
  if (++requests % 10 !== 0) return response.end('hello')
  response.writeHead(200, { 'Content-Length': 100 })
  response.write('hel')
  setTimeout(() => response.destroy(), 10)
}).listen(Number(process.env.PORT), process.env.HOST)
