// Sends broken input to servers with lameduck, and to the same servers without it.
//
//   fuzz.mjs [--inputs 20000] [--seed 1] [protocol…]
//   fuzz.mjs --seed 1 --input 17 --phase window http      one of them again
import { parseArgs } from 'node:util'
import { runBatch } from '../src/batch.mjs'
import { fuzz } from '../src/fuzz.mjs'
import { protocols } from '../src/protocols.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    inputs: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    input: { type: 'string' },
    phase: { type: 'string', default: 'ready' },
  },
})
const unknown = positionals.find((name) => !Object.hasOwn(protocols, name))
if (unknown !== undefined) {
  console.error(`expected ${Object.keys(protocols).join(', ')}, got ${unknown}`)
  process.exit(2)
}
const seed = Number(values.seed)

if (values.input !== undefined) {
  const [protocol = 'http'] = positionals
  const phase = /** @type {import('../src/subject-process.mjs').Phase} */ (values.phase)
  const differences = await runBatch({ protocol, phase, seed, inputs: [Number(values.input)] })
  console.log(differences.length === 0 ? 'no difference' : differences.map(({ what }) => what).join('\n'))
  process.exit(Math.min(1, differences.length))
}

console.log(`seed ${seed}`)
const total = await fuzz({ inputs: Number(values.inputs), seed, only: positionals, print: console.log })
console.log(`${total.inputs} inputs, ${total.unknown} differences, ${total.known} known ones`)
process.exitCode = total.unknown === 0 && total.inputs > 0 ? 0 : 1
