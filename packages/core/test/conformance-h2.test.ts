import { describeServer } from '@lameduck/conformance'

describeServer({
  name: 'node:http2 over TLS',
  script: new URL('subjects/h2.mjs', import.meta.url),
  protocol: 'h2',
  capabilities: ['tls', 'slow-start', 'load in the matrix'],
})
