import { describeServer } from '@lameduck/conformance'

describeServer({
  name: 'Express 5',
  script: new URL('subjects/express-5.mjs', import.meta.url),
  protocol: 'http',
  capabilities: ['upgrade', 'load in the matrix'],
})
