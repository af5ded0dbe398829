// The same service as main.ts, stopped the way that is usually shown: SIGTERM closes the server.
import { listenOptions } from '@lameduck/example-kit'
import express from 'express'
import { addRoutes } from './routes.js'

const app = express()
app.get(['/livez', '/readyz'], (_req, res) => void res.json({ status: 'ok' }))
addRoutes(app)
const { port, host } = listenOptions()
const server = app.listen(port, host)
process.on('SIGTERM', () => server.close())
