import { createServer } from 'node:http'

const server = createServer((request, response) => {
  if (request.url === '/readyz' || request.url === '/livez') return response.end('ok')
  setTimeout(() => response.end('hello'), 50)
})
process.on('SIGTERM', () => process.exit(0))
server.listen(Number(process.env.PORT), process.env.HOST)
