// Writes docs/conformance.md: which case of the suite each server passes, on which Node.js.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { behaviour, http2Behaviour, http2Loads, loads } from '@lameduck/conformance'

const page = new URL('../../../docs/conformance.md', import.meta.url)

/**
 * What the cases of one server came to: by case, by major version.
 *
 * @typedef {Map<string, Map<string, string>>} Cases
 */

/**
 * What one package's tests came to on one version.
 *
 * @param {string} path
 */
function readResults(path) {
  const { testResults } = JSON.parse(readFileSync(path, 'utf8'))
  return (
    testResults
      .filter((/** @type {{ name: string }} */ { name }) => /conformance-[^/]*$/.test(name))
      .flatMap((/** @type {{ assertionResults: unknown[] }} */ { assertionResults }) => assertionResults)
      // A server that has its turn only in the matrix.
      .filter((/** @type {{ status: string }} */ { status }) => status === 'passed' || status === 'failed')
  )
}

/**
 * Reads what vitest has written, one file for each package and version.
 *
 * @param {string} folder
 * @returns {Map<string, Cases>} by server
 */
function readServers(folder) {
  /** @type {Map<string, Cases>} */
  const servers = new Map()
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
    const [, major = ''] = /-v?(\d+)\.[\d.]+\.json$/.exec(file) ?? []
    for (const { ancestorTitles, title, status } of readResults(join(folder, file))) {
      const server = ancestorTitles[0].replace(/ under load$/, '')
      const cases = servers.get(server) ?? new Map()
      const versions = cases.get(title) ?? new Map()
      servers.set(server, cases.set(title, versions.set(major, status)))
    }
  }
  return servers
}

/**
 * @param {Map<string, string> | undefined} versions
 * @param {readonly string[]} all
 */
function cell(versions, all) {
  if (versions === undefined) return '–'
  const failed = all.filter((major) => versions.get(major) !== 'passed')
  return failed.length === 0 ? 'yes' : `**not ${failed.join(', ')}**`
}

/**
 * @param {string} title
 * @param {Readonly<Record<string, readonly { name: string }[]>>} sections
 * @param {readonly [string, Cases][]} servers
 * @param {readonly string[]} all
 */
function table(title, sections, servers, all) {
  const lines = [`## ${title}`, '']
  lines.push(
    `| | ${servers.map(([name]) => name).join(' | ')} |`,
    `| --- |${' --- |'.repeat(servers.length)}`,
  )
  for (const [section, cases] of Object.entries(sections)) {
    lines.push(`| **${section}** |${' |'.repeat(servers.length)}`)
    for (const { name } of cases) {
      const cells = servers.map(([, results]) => cell(results.get(name), all))
      lines.push(`| ${name.replaceAll('|', '\\|')} | ${cells.join(' | ')} |`)
    }
  }
  return lines
}

/**
 * Writes the page from the reports of a whole matrix.
 *
 * @param {string} folder
 */
export function writeConformancePage(folder) {
  const servers = [...readServers(folder)].sort(([one], [other]) => one.localeCompare(other))
  const all = [
    ...new Set(servers.flatMap(([, cases]) => [...cases.values()].flatMap((each) => [...each.keys()]))),
  ].sort()
  const speaks = (/** @type {Readonly<Record<string, readonly { name: string }[]>>} */ sections) =>
    servers.filter(
      ([, cases]) =>
        Object.values(sections)
          .flat()
          .filter(({ name }) => cases.has(name)).length > 20,
    )
  const http1 = { ...behaviour, 'under load': loads }
  const http2 = { ...http2Behaviour, 'under load': http2Loads }
  const lines = [
    '# The suite, by servers and versions',
    '',
    `Every case is a process of its own, with real sockets and real signals. **yes**: passed on Node.js ${all.join(', ')}; –: not`,
    'applicable, because the server has no such feature. Written by `npm run test:matrix -- --write`, which runs everything.',
    '',
    ...table('HTTP/1', http1, speaks(behaviour), all),
    '',
    ...table('HTTP/2', http2, speaks(http2Behaviour), all),
  ]
  writeFileSync(page, `${lines.join('\n')}\n`)
}
