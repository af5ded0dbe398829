import Hapi from '@hapi/hapi'
import { answer, closed, listening } from './answers.mjs'

const server = Hapi.server({ port: 0, host: '127.0.0.1' })
server.route({ method: 'GET', path: '/{any*}', handler: ({ path }) => answer(path) })
server.ext('onPostStop', closed)
process.on('SIGTERM', async () => {
  await server.stop({ timeout: 60_000 })
  process.exit(0)
})
await server.start()
listening(server.listener)
