import { createServer } from 'node:http'
import next from 'next'

const app = next({ dev: false })
await app.prepare()
const handle = app.getRequestHandler()
createServer((request, response) => handle(request, response)).listen(process.env.PORT)
