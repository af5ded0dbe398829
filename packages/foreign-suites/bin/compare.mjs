// Compares a file's tests without lameduck with the same tests with it.
import { runFile } from './run-file.mjs'

/** @typedef {import('./run-file.mjs').Mode} Mode */
/** @typedef {import('./suites.mjs').Suite} Suite */

/**
 * @typedef {object} Comparison
 * @property {string} file
 * @property {number} tests how many passed without lameduck
 * @property {readonly string[]} differences those of them that fail with it, each time
 * @property {string} output what the last run with it printed, if there is a difference
 */

/** A test that fails now and then fails now and then: one that passes once in this many runs is no difference. */
const tries = 3

/**
 * @param {string} binary
 * @param {Suite} suite
 * @param {Mode} mode
 * @param {string} folder
 * @param {string} file
 * @returns {Promise<Comparison>}
 */
export async function compareFile(binary, suite, mode, folder, file) {
  const plain = await runFile(binary, suite, 'plain', folder, file)
  let suspects = [...plain.outcome].filter(([, passed]) => passed).map(([name]) => name)
  const tests = suspects.filter((name) => name !== 'exit' || suspects.length === 1).length
  let output = ''
  for (let attempt = 0; attempt < tries && suspects.length > 0; attempt++) {
    const run = await runFile(binary, suite, mode, folder, file)
    output = run.output
    suspects = suspects.filter((name) => run.outcome.get(name) !== true)
  }
  if (suspects.length > 0) {
    // Does it pass without lameduck each time?
    const again = await runFile(binary, suite, 'plain', folder, file)
    suspects = suspects.filter((name) => again.outcome.get(name) === true)
  }
  return { file, tests, differences: suspects, output: suspects.length > 0 ? output : '' }
}
