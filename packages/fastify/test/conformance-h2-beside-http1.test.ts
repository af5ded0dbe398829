import { describeServer } from '@lameduck/conformance'

describeServer({
  name: 'Fastify with http2, https and allowHTTP1, HTTP/2',
  script: new URL('subjects/h2-or-http1.mjs', import.meta.url),
  protocol: 'h2',
  capabilities: ['tls'],
  onlyInMatrix: true,
})
