import Koa from 'koa'
import { answer, closed, listening } from './answers.mjs'

const app = new Koa()
app.use(async (context) => {
  context.body = await answer(context.path)
})
const server = app.listen(0, '127.0.0.1', () => listening(server))
process.once('SIGTERM', () => server.close(closed))
