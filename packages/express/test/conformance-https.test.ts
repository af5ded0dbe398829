import { describeServer } from '@lameduck/conformance'

describeServer({
  name: 'Express 5 with https',
  script: new URL('subjects/express-5-https.mjs', import.meta.url),
  protocol: 'https',
  capabilities: ['tls', 'upgrade'],
  onlyInMatrix: true,
})
