import { describeServer } from '@lameduck/conformance'

describeServer({
  name: 'node:http2 with allowHTTP1, HTTP/1',
  script: new URL('subjects/h2-or-http1.mjs', import.meta.url),
  protocol: 'https',
  capabilities: ['tls', 'upgrade', 'slow-start'],
  onlyInMatrix: true,
})
