import { balancers, missingBalancer, rollBehind, type ServerUnderTest } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'

// What a lifecycle is measured with must see losses where there is none.
const careless: ServerUnderTest = {
  name: 'a server that leaves at once',
  script: new URL('subjects/leaves-at-once.mjs', import.meta.url),
  protocol: 'http',
  capabilities: [],
}

describe.sequential(`behind a balancer, ${careless.name}`, () => {
  for (const kind of balancers) {
    const reason = missingBalancer(kind)
    if (reason !== undefined) console.log(`skipped: ${careless.name} behind ${kind.name}: ${reason}`)
    test.skipIf(reason !== undefined)(`loses requests: ${kind.name}`, async () => {
      const { lost } = await rollBehind(kind, careless, { servers: 2, clients: 64, requests: 1000 })
      expect(lost.join('\n')).toMatch(/ (GET|POST) \S+: (502 |the connection ended|closed)/)
    })
  }
})
