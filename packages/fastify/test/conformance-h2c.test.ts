import { describeServer } from '@lameduck/conformance'

describeServer({
  name: 'Fastify with http2',
  script: new URL('subjects/h2c.mjs', import.meta.url),
  protocol: 'h2c',
  capabilities: ['load in the matrix'],
})
