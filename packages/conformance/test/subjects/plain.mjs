// What most services have: no lifecycle, and a SIGTERM handler that closes the server.
import { createServer } from 'node:http'
import { say, sayListening, serveWebSockets, standardRoutes } from '@lameduck/conformance/subject'

const never = new AbortController().signal
const server = createServer(standardRoutes({ signal: never, cutoff: never }))
serveWebSockets({ signal: never, attach() {} }, server)
server.listen(0, '127.0.0.1', () => sayListening({ state: 'ready' }, server.address().port))
process.once('SIGTERM', () => {
  say({ draining: true })
  server.close(() => process.exit(0))
})
