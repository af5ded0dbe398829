// The same service as main.ts, stopped the way that is usually shown: SIGTERM calls tryShutdown.
import { Server } from '@grpc/grpc-js'
import { HealthImplementation } from 'grpc-health-check'
import { bind } from './bind.js'
import { addGreeter } from './greeter.js'

const server = new Server()
new HealthImplementation({ startup: 'SERVING', readiness: 'SERVING', liveness: 'SERVING' }).addToServer(
  server,
)
addGreeter(server)
process.on('SIGTERM', () => server.tryShutdown(() => process.exit()))
await bind(server)
