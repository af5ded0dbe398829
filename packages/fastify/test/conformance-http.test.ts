import { describeServer } from '@lameduck/conformance'

describeServer({
  name: 'Fastify',
  script: new URL('subjects/http.mjs', import.meta.url),
  protocol: 'http',
  capabilities: ['upgrade', 'websocket', 'load'],
})
