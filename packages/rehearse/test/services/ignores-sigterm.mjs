import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'

if (process.env.PIDS_FILE) appendFileSync(process.env.PIDS_FILE, `${process.pid}\n`)

process.on('SIGTERM', () => {})
process.on('SIGINT', () => {})
createServer((_request, response) => response.end('hello')).listen(Number(process.env.PORT), process.env.HOST)
