// Rolls this service out under load, with lameduck and without, and shows what became of the requests.
import { compare } from '@lameduck/example-kit'

await compare({
  ours: {
    name: '@lameduck/nestjs',
    title: 'NestJS with lameduck: 3 replicas, rolled out twice under load',
    script: new URL('./main.js', import.meta.url),
  },
  plain: {
    name: 'app.enableShutdownHooks()',
    title: 'The same app with app.enableShutdownHooks()',
    script: new URL('./plain.js', import.meta.url),
  },
})
