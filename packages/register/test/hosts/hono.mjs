// Hono on Node, with the handlers of its own documentation.
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { answer, closed, listening } from './answers.mjs'

const app = new Hono()
app.get('*', async (context) => context.text(await answer(context.req.path)))
const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => listening(server))
process.on('SIGTERM', () => {
  server.close((error) => {
    if (error) process.exit(1)
    closed()
    process.exit(0)
  })
})
