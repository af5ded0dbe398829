import { describeServer } from '@lameduck/conformance'

describeServer({
  name: 'Fastify with http2, https and allowHTTP1, HTTP/1',
  script: new URL('subjects/h2-or-http1.mjs', import.meta.url),
  protocol: 'https',
  capabilities: ['tls', 'upgrade'],
  onlyInMatrix: true,
})
