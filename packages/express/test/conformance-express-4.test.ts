import { describeServer, groupsOfAdapters } from '@lameduck/conformance'

describeServer({
  name: 'Express 4',
  script: new URL('subjects/express-4.mjs', import.meta.url),
  protocol: 'http',
  groups: groupsOfAdapters,
  capabilities: ['upgrade', 'load in the matrix'],
})
