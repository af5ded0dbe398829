import type { Version } from '@lameduck/example-kit'

/** With lameduck. */
export const ours: Version = {
  name: '@lameduck/nestjs',
  title: 'NestJS with lameduck: 3 replicas, rolled out under load',
  script: new URL('./main.js', import.meta.url),
}

/** As it is often done. */
export const plain: Version = {
  name: 'app.enableShutdownHooks()',
  title: 'The same app with app.enableShutdownHooks()',
  script: new URL('./plain.js', import.meta.url),
}
