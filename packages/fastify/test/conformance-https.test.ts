import { describeServer } from '@lameduck/conformance'

describeServer({
  name: 'Fastify with https',
  script: new URL('subjects/https.mjs', import.meta.url),
  protocol: 'https',
  capabilities: ['tls', 'websocket', 'upgrade'],
  onlyInMatrix: true,
})
