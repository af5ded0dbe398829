import { createServer } from 'node:http'

process.on('SIGTERM', () => {})
process.on('SIGINT', () => {})
createServer((_request, response) => response.end('hello')).listen(Number(process.env.PORT), process.env.HOST)
