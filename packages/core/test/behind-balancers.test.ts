import { describeBehindBalancers } from '@lameduck/conformance'

describeBehindBalancers({
  name: 'node:http',
  script: new URL('subjects/http.mjs', import.meta.url),
  protocol: 'http',
  capabilities: [],
})
