import Fastify from 'fastify'
import { answer, closed, listening } from './answers.mjs'

const app = Fastify()
app.get('/*', async ({ url }) => answer(url))
app.addHook('onClose', async () => closed())
process.on('SIGTERM', async () => {
  await app.close()
  process.exit(0)
})
await app.listen({ port: 0, host: '127.0.0.1' })
listening(app.server)
