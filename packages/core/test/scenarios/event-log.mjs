import { subscribe } from 'node:diagnostics_channel'
import { createServer } from 'node:http'
import { say, standardRoutes, startStandardServer, testOptions } from '@lameduck/conformance/subject'
import { createLifecycle } from '@lameduck/core'

const now = () => performance.timeOrigin + performance.now()
subscribe('lameduck', ({ event, payload }) =>
  say({ at: now(), event, payload: event === 'stopped' ? {} : payload }),
)

const lifecycle = createLifecycle({ ...testOptions(), otherHandlers: 'leave' })
// Registered after the lifecycle's own: it is called in the same tick, behind it.
process.on('SIGTERM', () => say({ sameTick: lifecycle.state, aborted: lifecycle.signal.aborted }))
lifecycle.onStop('database', () => say({ at: now(), event: 'database' }))
process.on('exit', () => say({ at: now(), event: 'exit' }))
const server = createServer(standardRoutes(lifecycle))
server.prependListener('request', ({ url }, response) => {
  if (url.startsWith('/slow')) response.once('finish', () => say({ at: now(), event: 'answered' }))
})
// The end of a connection, as this side sees it.
server.on('connection', (socket) => {
  socket.once('data', (bytes) => {
    if (!String(bytes).startsWith('GET /fast?idle')) return
    socket.once('finish', () => say({ at: now(), event: 'idle connection: fin' }))
  })
})
startStandardServer(lifecycle, server)
