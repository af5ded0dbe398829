import type { Version } from '@lameduck/example-kit'

/** With lameduck. */
export const ours: Version = {
  name: '@lameduck/express',
  title: 'Express with lameduck: 3 replicas, rolled out under load',
  script: new URL('./main.js', import.meta.url),
}

/** As it is often done. */
export const plain: Version = {
  name: 'server.close() on SIGTERM',
  title: 'The same app with process.on("SIGTERM", () => server.close())',
  script: new URL('./plain.js', import.meta.url),
}
