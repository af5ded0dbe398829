import { listenOptions } from '@lameduck/example-kit'
import { graceful } from '@lameduck/express'
import express from 'express'
import { addRoutes } from './routes.js'

const app = express()
app.use(graceful())
addRoutes(app)
const { port, host } = listenOptions()
const server = app.listen(port, host)
// Longer than a balancer keeps its connections: nginx keeps them for 60 s, Node for 5 s.
server.keepAliveTimeout = 65_000
