import { describeServer } from '@lameduck/conformance'

describeServer({
  name: 'node:http2 with allowHTTP1, HTTP/2',
  script: new URL('subjects/h2-or-http1.mjs', import.meta.url),
  protocol: 'h2',
  capabilities: ['tls', 'slow-start'],
  onlyInMatrix: true,
})
