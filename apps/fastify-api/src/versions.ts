import type { Version } from '@lameduck/example-kit'

/** With lameduck. */
export const ours: Version = {
  name: '@lameduck/fastify',
  title: 'Fastify with lameduck: 3 replicas, rolled out under load',
  script: new URL('./main.js', import.meta.url),
}

/** As it is often done. */
export const plain: Version = {
  name: 'app.close() on SIGTERM',
  title: 'The same app with process.on("SIGTERM", () => app.close())',
  script: new URL('./plain.js', import.meta.url),
}
