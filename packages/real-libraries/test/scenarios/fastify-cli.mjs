// The command `fastify start`, whose close-with-grace ends the process half a second after the signal.
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const { start } = createRequire(import.meta.url)('fastify-cli/start.js')
await start([
  '--port',
  '0',
  '--address',
  '127.0.0.1',
  fileURLToPath(new URL('fastify-cli-app.mjs', import.meta.url)),
])
