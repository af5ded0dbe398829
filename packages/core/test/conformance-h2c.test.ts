import { describeServer } from '@lameduck/conformance'

describeServer({
  name: 'node:http2',
  script: new URL('subjects/h2c.mjs', import.meta.url),
  protocol: 'h2c',
  capabilities: ['streams', 'slow-start', 'load'],
})
