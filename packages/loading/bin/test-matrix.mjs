// Runs the tests of packages on every Node.js that lameduck supports: the tests themselves and the servers they fork.
// usage: test-matrix.mjs [--write] [package…]      by default every package that forks servers; --write: docs/conformance.md
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nodeVersions } from '@lameduck/node-versions'
import { writeConformancePage } from './conformance-page.mjs'

/**
 * The tests of one package on one Node.js.
 *
 * @typedef {object} Outcome
 * @property {string} version
 * @property {string} name
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {number} seconds
 */

const packages = new URL('../../', import.meta.url)

/**
 * @param {import('@lameduck/node-versions').NodeVersion} node
 * @param {string} name
 * @param {string} reports
 * @returns {Promise<Outcome>}
 */
async function testOn({ binary, version }, name, reports) {
  const cwd = fileURLToPath(new URL(`${name}/`, packages))
  const report = join(reports, `${name}-${version}.json`)
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const startedAt = performance.now()
  const code = await new Promise((resolve, reject) => {
    const child = spawn(binary, ['node_modules/vitest/vitest.mjs', 'run', ...reporters], {
      cwd,
      stdio: 'inherit',
      env: { ...process.env, LAMEDUCK_TEST_NODE: binary, LAMEDUCK_TEST_MATRIX: 'yes' },
    })
    child.once('error', reject)
    child.once('close', resolve)
  })
  const seconds = (performance.now() - startedAt) / 1000
  const counts = readCounts(report)
  // Vitest also fails without a failed test: a file that does not load, an error that no test caught.
  const failed = code === 0 ? counts.failed : Math.max(1, counts.failed)
  return { version, name, ...counts, failed, seconds }
}

/** @param {string} report */
function readCounts(report) {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
      readFileSync(report, 'utf8'),
    )
    return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests }
  } catch {
    return { passed: 0, failed: 1, skipped: 0 }
  }
}

/** @param {readonly Outcome[]} outcomes */
function printTable(outcomes) {
  const columns = /** @type {const} */ (['version', 'name', 'passed', 'failed', 'skipped', 'seconds'])
  const rows = outcomes.map((outcome) =>
    columns.map((column) => (column === 'seconds' ? outcome.seconds.toFixed(1) : String(outcome[column]))),
  )
  const widths = columns.map((column, i) =>
    Math.max(column.length, ...rows.map((row) => row[i]?.length ?? 0)),
  )
  for (const row of [columns, ...rows]) {
    console.log(
      row.map((cell, i) => (i < 2 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
    )
  }
}

const writes = process.argv.includes('--write')
const chosen = process.argv.slice(2).filter((argument) => argument !== '--write')
const names = chosen.length > 0 ? chosen : ['core', 'fastify', 'express', 'grpc', 'nestjs', 'register']
const reports = mkdtempSync(join(tmpdir(), 'lameduck-matrix-'))
/** @type {Outcome[]} */
const outcomes = []
try {
  for (const node of nodeVersions()) {
    for (const name of names) {
      console.log(`\n=== ${name} on Node ${node.version}`)
      outcomes.push(await testOn(node, name, reports))
    }
  }
  if (writes) writeConformancePage(reports)
} finally {
  rmSync(reports, { recursive: true, force: true })
}
console.log('')
printTable(outcomes)
const total = (/** @type {'passed' | 'failed' | 'skipped'} */ key) =>
  outcomes.reduce((sum, outcome) => sum + outcome[key], 0)
console.log(`\n${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped`)
process.exitCode = total('failed') === 0 && total('passed') > 0 ? 0 : 1
