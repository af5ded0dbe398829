import { describeServer } from '@lameduck/conformance'
import { combinations } from './combinations.js'

// The whole suite for each of them takes minutes.
const usual = ['Nest 12 on express with http', 'Nest 11 on fastify with http']

for (const { name, script, protocol } of combinations) {
  describeServer({
    name,
    script,
    protocol,
    onlyInMatrix: !usual.includes(name),
    capabilities: ['upgrade', ...(protocol === 'https' ? ['tls' as const] : ['load' as const])],
  })
}
