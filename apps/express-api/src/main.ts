import { listenOptions } from '@lameduck/example-kit'
import { graceful } from '@lameduck/express'
import express from 'express'
import { addRoutes } from './routes.js'

const app = express()
app.use(graceful())
addRoutes(app)
const { port, host } = listenOptions()
app.listen(port, host)
