// A server of Node's own in CommonJS, whose handler is there for one signal only and in front of all others.
const { createServer } = require('node:http')

const hosts = import('./answers.mjs')
const server = createServer(async (request, response) => {
  const { answer } = await hosts
  response.end(await answer(request.url))
})
process.prependOnceListener('SIGTERM', async () => {
  const { closed } = await hosts
  server.closeAllConnections()
  server.close()
  closed()
  process.exit(143)
})
server.listen(0, '127.0.0.1', async () => {
  const { listening } = await hosts
  listening(server)
})
