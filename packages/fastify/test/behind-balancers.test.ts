import { describeBehindBalancers } from '@lameduck/conformance'

describeBehindBalancers({
  name: 'Fastify',
  script: new URL('subjects/http.mjs', import.meta.url),
  protocol: 'http',
  capabilities: [],
})
