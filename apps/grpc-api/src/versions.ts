import { fileURLToPath } from 'node:url'
import type { Version } from '@lameduck/example-kit'

const speech = {
  mix: fileURLToPath(new URL('../traffic.yaml', import.meta.url)),
  ready: 'grpc:readiness',
  live: 'grpc:liveness',
}

/** With lameduck. */
export const ours: Version = {
  name: '@lameduck/grpc',
  title: 'gRPC with lameduck: 3 replicas, rolled out under load',
  script: new URL('./main.js', import.meta.url),
  speech,
}

/** As it is often done. */
export const plain: Version = {
  name: 'tryShutdown() on SIGTERM',
  title: 'The same service with process.on("SIGTERM", () => server.tryShutdown(...))',
  script: new URL('./plain.js', import.meta.url),
  speech,
}
