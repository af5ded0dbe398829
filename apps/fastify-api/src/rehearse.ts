// `npm start`: rolls this service out under load, with lameduck and without, and shows what became of the requests.
import { compare } from '@lameduck/example-kit'

await compare({
  ours: {
    name: '@lameduck/fastify',
    title: 'Fastify with lameduck: 3 replicas, rolled out twice under load',
    script: new URL('./main.js', import.meta.url),
  },
  plain: {
    name: 'app.close() on SIGTERM',
    title: 'The same app with process.on("SIGTERM", () => app.close())',
    script: new URL('./plain.js', import.meta.url),
  },
})
