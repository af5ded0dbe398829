// Spreads a number of inputs over protocols and phases.
import { narrow, runBatch, tryAlone } from './batch.mjs'
import { reasonFor } from './known-differences.mjs'
import { protocols } from './protocols.mjs'

/**
 * @typedef {object} Wanted
 * @property {number} inputs
 * @property {number} seed
 * @property {readonly string[]} only protocols; all if it is empty
 * @property {(line: string) => void} print
 */

const largest = 250

/**
 * @param {Wanted} wanted
 * @returns {Promise<{ inputs: number, known: number, unknown: number }>}
 */
export async function fuzz({ inputs, seed, only, print }) {
  const places = Object.entries(protocols)
    .filter(([name]) => only.length === 0 || only.includes(name))
    .flatMap(([protocol, { phases }]) => phases.map((phase) => ({ protocol, phase })))
  const each = Math.ceil(inputs / places.length)
  const total = { inputs: 0, known: 0, unknown: 0 }
  for (const place of places) {
    const before = total.unknown + total.known
    for (let from = 0; from < each; from += largest) {
      const batch = { ...place, seed, inputs: range(from, Math.min(each, from + largest)) }
      total.inputs += batch.inputs.length
      for (const difference of await runBatch(batch)) {
        const kind = await tell(batch, difference, print)
        if (kind !== 'none') total[kind]++
      }
    }
    const differences = total.unknown + total.known - before
    print(`${place.protocol}, ${place.phase}: ${each} inputs, ${differences} differences`)
  }
  return total
}

/**
 * @param {import('./batch.mjs').Batch} batch
 * @param {import('./batch.mjs').Difference} difference
 * @param {Wanted['print']} print
 */
async function tell(batch, difference, print) {
  const found = difference.input === undefined ? await narrow(batch, difference) : difference
  const reason = reasonFor(batch, found)
  const last = reason === undefined ? await tryAlone(batch, found) : found
  if (last === undefined) return 'none'
  const why = reason ?? reasonFor(batch, last)
  const where = `${batch.protocol} --phase ${batch.phase} --seed ${batch.seed} --input ${last.input ?? '?'}`
  print(`${why ? `known (${why})` : 'DIFFERENT'}: ${where}\n  ${last.what}`)
  return why === undefined ? 'unknown' : 'known'
}

const range = (/** @type {number} */ from, /** @type {number} */ to) =>
  Array.from({ length: to - from }, (_each, i) => from + i)
