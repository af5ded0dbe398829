// Rolls this service out under load, with lameduck and without, and shows what became of the requests.
import { compare } from '@lameduck/example-kit'

await compare({
  ours: {
    name: '@lameduck/express',
    title: 'Express with lameduck: 3 replicas, rolled out twice under load',
    script: new URL('./main.js', import.meta.url),
  },
  plain: {
    name: 'server.close() on SIGTERM',
    title: 'The same app with process.on("SIGTERM", () => server.close())',
    script: new URL('./plain.js', import.meta.url),
  },
})
