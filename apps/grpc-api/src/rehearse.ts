// `npm run rehearse`: rolls this service out under load, with lameduck and without, and shows what became of the calls.
import { fileURLToPath } from 'node:url'
import { compare } from '@lameduck/example-kit'

await compare({
  ours: {
    name: '@lameduck/grpc',
    title: 'gRPC with lameduck: 3 replicas, rolled out twice under load',
    script: new URL('./main.js', import.meta.url),
  },
  plain: {
    name: 'tryShutdown() on SIGTERM',
    title: 'The same service with process.on("SIGTERM", () => server.tryShutdown(...))',
    script: new URL('./plain.js', import.meta.url),
  },
  speech: {
    mix: fileURLToPath(new URL('../traffic.yaml', import.meta.url)),
    ready: 'grpc:readiness',
    live: 'grpc:liveness',
  },
})
