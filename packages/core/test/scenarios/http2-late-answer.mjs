import { createServer } from 'node:http2'
import { observe, say, sayListening, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const lifecycle = createLifecycle(testOptions())
const server = createServer()
observe(lifecycle)
setInterval(() => {}, 1000)

// Handlers that know nothing of the drain: they answer when they are ready, and that is too late.
const answerLater = []
if (process.env['API'] === 'streams') {
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {})
    if (headers[':path'] === '/begun') stream.respond()
    answerLater.push(() => {
      if (!stream.headersSent || headers[':path'] === '/silent') stream.respond({ ':status': 200 })
      stream.write('late')
      stream.end('answer')
    })
  })
} else {
  server.on('request', (request, response) => {
    if (request.url === '/begun') response.flushHeaders()
    answerLater.push(() => {
      if (!response.headersSent || request.url === '/silent') response.writeHead(200, { 'x-late': 'yes' })
      response.write('late')
      response.end('answer')
    })
  })
}

lifecycle.attach(server)
server.listen(0, '127.0.0.1', () => {
  void lifecycle.ready()
  void sayListening(lifecycle, server.address().port)
})
process.once('SIGUSR2', async () => {
  setTimeout(() => {
    for (const answer of answerLater) answer()
  }, 3500)
  const { cut } = await lifecycle.stop()
  say({ stopped: cut.length })
  setTimeout(() => say({ late: true }), 1500)
})
