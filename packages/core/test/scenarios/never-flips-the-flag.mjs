// The sample that people copy: a flag for readiness, a route that reads it, and a SIGTERM handler that forgets it.
import { createServer } from 'node:http'
import { say, startStandardServer, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

let isReady = true
const server = createServer((request, response) => {
  if (request.url === '/readyz') response.writeHead(isReady ? 200 : 503).end('by the flag')
  else setTimeout(() => response.end('slow'), 700)
})

const lifecycle = createLifecycle(testOptions())
process.on('SIGTERM', () => {
  for (const state of ['ready', 'starting']) {
    try {
      lifecycle.state = state
    } catch (error) {
      say({ refused: error.name })
    }
  }
  isReady = true
})
startStandardServer(lifecycle, server)
