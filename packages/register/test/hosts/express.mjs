import express from 'express'
import { answer, closed, listening } from './answers.mjs'

const app = express()
app.get('/*any', async (request, response) => response.send(await answer(request.path)))
const server = app.listen(0, '127.0.0.1', () => listening(server))
const stop = async () => {
  await new Promise((resolve) => server.close(resolve))
  closed()
  process.exit(0)
}
process.on('SIGTERM', stop)
