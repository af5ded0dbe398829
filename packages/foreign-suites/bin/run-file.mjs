// Runs one file of a foreign suite, with or without lameduck in its servers.
import { spawn } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** @typedef {import('./suites.mjs').Suite} Suite */
/** @typedef {'plain' | 'attach' | 'window' | 'adapter'} Mode */

/**
 * What came of it: the tests by name, where the suite says TAP; `exit` stands for the file itself.
 *
 * @typedef {Map<string, boolean>} Outcome
 */

/** More than any file needs, also on a busy machine. */
const limit = 240_000

const preload = (/** @type {string} */ name) =>
  fileURLToPath(new URL(`../preload/${name}.cjs`, import.meta.url))

/**
 * @param {Suite} suite
 * @param {Mode} mode
 * @param {string} folder
 * @returns {NodeJS.ProcessEnv}
 */
function environment({ adapter, environment: wanted }, mode, folder) {
  const quiet = { ...process.env, ...wanted, NODE_V8_COVERAGE: '', FORCE_COLOR: '0', NODE_ENV: 'test' }
  if (mode === 'plain') return quiet
  const NODE_OPTIONS = `--require ${preload(mode === 'adapter' ? 'adapter' : 'attach')}`
  if (mode !== 'adapter')
    return { ...quiet, NODE_OPTIONS, LAMEDUCK_SUITE_WINDOW: mode === 'window' ? '1' : '' }
  return {
    ...quiet,
    NODE_OPTIONS,
    LAMEDUCK_SUITE_ADAPTER: adapter?.name,
    // As the loader names it: a checkout may stand behind a link.
    LAMEDUCK_SUITE_MODULE: realpathSync(join(folder, adapter?.module ?? '')),
  }
}

/**
 * The tests that a TAP stream names; those of one name count as one.
 *
 * @param {string} output
 * @returns {Outcome}
 */
export function readTap(output) {
  /** @type {Outcome} */
  const tests = new Map()
  for (const [, not, title = ''] of output.matchAll(/^\s*(not )?ok \d+ ?-? ?(.*)$/gm)) {
    if (/# (SKIP|TODO)/i.test(title)) continue
    // Some titles carry a time or a port.
    const name = title.replace(/\s*#.*$/, '').replaceAll(/\d+/g, '0')
    tests.set(name, (tests.get(name) ?? true) && not === undefined)
  }
  return tests
}

/**
 * @param {string} binary
 * @param {Suite} suite
 * @param {Mode} mode
 * @param {string} folder the suite's package
 * @param {string} file
 * @returns {Promise<{ outcome: Outcome, output: string }>}
 */
export function runFile(binary, suite, mode, folder, file) {
  const args = suite.command(file, join(folder, file))
  const env = environment(suite, mode, folder)
  return new Promise((resolve, reject) => {
    const child = spawn(binary, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    let output = ''
    const end = () => {
      try {
        // Also what the test has left behind.
        process.kill(-(/** @type {number} */ (child.pid)), 'SIGKILL')
      } catch {
        // Nothing is left.
      }
    }
    const timer = setTimeout(end, limit)
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    child.stderr.on('data', (chunk) => {
      output += chunk
    })
    child.once('error', reject)
    child.once('exit', (code) => {
      clearTimeout(timer)
      end()
      child.once('close', () =>
        resolve({ outcome: new Map([...readTap(output), ['exit', code === 0]]), output }),
      )
    })
  })
}
