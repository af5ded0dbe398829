import { describeServer } from '@lameduck/conformance'

describeServer({
  name: 'Express 4',
  script: new URL('subjects/express-4.mjs', import.meta.url),
  protocol: 'http',
  capabilities: ['upgrade', 'load'],
})
