import { describeServer } from '@lameduck/conformance'
import { combinations } from './combinations.js'

// The whole suite for each of them takes minutes: the others have their turn in `pnpm test:matrix`.
const isMatrix = process.env['LAMEDUCK_TEST_MATRIX'] !== undefined
const usual = ['Nest 12 on express with http', 'Nest 11 on fastify with http']

for (const { name, script, protocol } of combinations) {
  if (!isMatrix && !usual.includes(name)) continue
  describeServer({
    name,
    script,
    protocol,
    capabilities: ['upgrade', ...(protocol === 'https' ? ['tls' as const] : ['load' as const])],
  })
}
