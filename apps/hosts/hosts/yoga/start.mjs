import { createServer } from 'node:http'
import { yoga } from './app.mjs'

createServer(yoga).listen(process.env.PORT)
