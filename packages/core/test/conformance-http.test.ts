import { describeServer } from '@lameduck/conformance'

describeServer({
  name: 'node:http',
  script: new URL('subjects/http.mjs', import.meta.url),
  protocol: 'http',
  capabilities: ['upgrade', 'websocket', 'slow-start', 'load'],
})
