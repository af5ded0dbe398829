import { describeServer } from '@lameduck/conformance'

describeServer({
  name: 'node:https',
  script: new URL('subjects/https.mjs', import.meta.url),
  protocol: 'https',
  capabilities: ['tls', 'upgrade', 'websocket', 'slow-start', 'load in the matrix'],
})
