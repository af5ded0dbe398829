import { createServer } from 'node:http'
import { connectNodeAdapter } from '@connectrpc/connect-node'
import { routes } from './app.mjs'

createServer(connectNodeAdapter({ routes })).listen(process.env.PORT)
