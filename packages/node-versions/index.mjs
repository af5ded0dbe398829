import { execFileSync } from 'node:child_process'
import { readFileSync, realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * A Node.js to test with.
 *
 * @typedef {object} NodeVersion
 * @property {string} binary the path of the executable
 * @property {string} version what it says of itself, like `v22.23.3`
 */

/**
 * One Node.js of every line that lameduck supports; of the oldest line, the oldest that `engines` allows.
 *
 * They are a package of their own, without scripts: a package that depends on a Node.js runs its scripts with it.
 * `LAMEDUCK_NODE_22=/path/to/node` (and so on) replaces one; on anything but Linux on x64 that is the only way.
 *
 * @returns {NodeVersion[]} the oldest first
 * @throws if one of them cannot be run: a version that is not tested must not go unnoticed
 */
export function nodeVersions() {
  const { devDependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'))
  return Object.keys(devDependencies).sort().map(find)
}

/**
 * @param {string} alias
 * @returns {NodeVersion}
 */
function find(alias) {
  const variable = `LAMEDUCK_${alias.toUpperCase().replace('-', '_')}`
  const path =
    process.env[variable] ?? fileURLToPath(new URL(`node_modules/${alias}/bin/node`, import.meta.url))
  try {
    const binary = realpathSync(path)
    return { binary, version: execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim() }
  } catch (error) {
    throw new Error(
      `${alias} cannot be run (${path}): run \`pnpm install\` on Linux on x64, or set ${variable} to a binary`,
      { cause: error },
    )
  }
}
