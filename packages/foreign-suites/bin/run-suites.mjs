// Runs the test suites of Node and of frameworks with lameduck in every server, and tells what fails only then.
//
//   run-suites.mjs --sources folder [--fetch] [--mode attach|window|adapter] [--jobs 2] [--show] [suite…]
//
// The folder has a checkout of each suite by its name, with its dependencies; --fetch gets those that are missing.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { compareFile } from './compare.mjs'
import { reasonFor } from './known-differences.mjs'
import { suites } from './suites.mjs'

/** @typedef {import('./suites.mjs').Suite} Suite */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sources: { type: 'string' },
    fetch: { type: 'boolean', default: false },
    mode: { type: 'string', default: 'attach' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    files: { type: 'string', default: '' },
    show: { type: 'boolean', default: false },
  },
})

/** @param {string} message */
function refuse(message) {
  console.error(message)
  process.exit(2)
}

const mode = /** @type {import('./run-file.mjs').Mode} */ (values.mode)
if (!['attach', 'window', 'adapter'].includes(mode))
  refuse(`--mode: expected attach, window or adapter, got ${mode}`)
const unknown = positionals.find((name) => suites.every((suite) => suite.name !== name))
if (unknown !== undefined) refuse(`expected ${suites.map(({ name }) => name).join(', ')}, got ${unknown}`)
if (values.sources === undefined) refuse('--sources: expected a folder with the checkouts')
const sources = resolve(values.sources ?? '')
const binary = process.env['LAMEDUCK_TEST_NODE'] ?? process.execPath

/** @param {Suite} suite */
function fetchSuite({ name, repository, ref, below = '', install: [program, ...args] }) {
  const checkout = join(sources, name)
  execFileSync('git', ['clone', '--quiet', '--depth=1', '--branch', ref, repository, checkout], {
    stdio: 'inherit',
  })
  if (program !== undefined) execFileSync(program, args, { cwd: join(checkout, below), stdio: 'inherit' })
}

/**
 * @param {Suite} suite
 * @param {string} folder
 */
function filesOf({ files, leftOut = [] }, folder) {
  const matches = (/** @type {readonly string[]} */ patterns, /** @type {string} */ file) =>
    patterns.some((pattern) => new RegExp(pattern).test(file))
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => !file.startsWith('node_modules/') && !file.includes('/node_modules/'))
    .filter((file) => matches(files, file) && !matches(leftOut, file) && file.includes(values.files))
    .sort()
}

/**
 * @param {string} name
 * @param {string} file
 * @param {string} test
 */
function tellDifference(name, file, test) {
  const reason = reasonFor(name, mode, file, test)
  console.log(
    `${reason === undefined ? 'DIFFERENT' : 'known'} ${name} ${file}: ${test}${reason ? ` (${reason})` : ''}`,
  )
  return reason === undefined ? 'unknown' : 'known'
}

/** @param {Suite} suite */
async function runSuite(suite) {
  const { name, below = '', adapter } = suite
  const checkout = join(sources, name)
  if (mode === 'adapter' && adapter === undefined) return { name, skipped: 'no adapter for its applications' }
  if (!existsSync(checkout) && values.fetch) fetchSuite(suite)
  if (!existsSync(checkout)) return { name, skipped: `${checkout} is not there; --fetch gets it` }
  const folder = join(checkout, below)
  const files = filesOf(suite, folder)
  const waiting = files[Symbol.iterator]()
  const counts = { tests: 0, known: 0, unknown: 0 }
  const work = async () => {
    for (const file of waiting) {
      const found = await compareFile(binary, suite, mode, folder, file)
      counts.tests += found.tests
      for (const test of found.differences) counts[tellDifference(name, file, test)]++
      if (values.show && found.output !== '') console.log(found.output)
    }
  }
  await Promise.all(Array.from({ length: Number(values.jobs) }, work))
  return { name, files: files.length, ...counts }
}

const outcomes = []
for (const suite of suites) {
  if (positionals.length === 0 || positionals.includes(suite.name)) outcomes.push(await runSuite(suite))
}
console.table(outcomes)
const ran = outcomes.filter((outcome) => 'tests' in outcome && outcome.tests > 0)
process.exitCode =
  ran.length > 0 && ran.every((outcome) => 'unknown' in outcome && outcome.unknown === 0) ? 0 : 1
