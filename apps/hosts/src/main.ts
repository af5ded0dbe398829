// Tries hosts without lameduck, with the preload, and with lameduck in their code where that is worth writing:
//
//   main.js [--cache folder] [--node path] [--rehearse] [host…]      by default every host
//
// Those with a build are installed from the registry and built in the cache, once. What was measured goes into results.json and
// from there into docs/hosts.md. --rehearse: roll-outs under load as well, without and with the preload.
import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { nodeVersions } from '@lameduck/node-versions'
import type { Host } from './host.js'
import { hosts } from './hosts.js'
import { rehearseHost } from './rehearse-host.js'
import { type HostResult, readResults, writeResults } from './results.js'
import { isInstalledApart, setUp, versionOf } from './set-up.js'
import { type Outcome, tryHost } from './trial.js'
import { faults } from './verdict.js'
import { type Way, waysOf } from './ways.js'
import { writePage } from './write-page.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cache: { type: 'string', default: join(tmpdir(), 'lameduck-hosts') },
    node: { type: 'string' },
    rehearse: { type: 'boolean', default: false },
  },
})
const unknown = positionals.find((name) => !hosts.some((host) => host.name === name))
if (unknown !== undefined) {
  console.error(`expected ${hosts.map(({ name }) => name).join(', ')}, got ${unknown}`)
  process.exit(2)
}
const chosen = positionals.length === 0 ? hosts : hosts.filter(({ name }) => positionals.includes(name))
mkdirSync(values.cache, { recursive: true })

/** Some frameworks want a newer Node.js than this repository's oldest. */
function nodeFor(host: Host): string {
  const newer = () => nodeVersions().find(({ version }) => version.startsWith('v24'))?.binary
  return values.node ?? (isInstalledApart(host) ? newer() : undefined) ?? process.execPath
}

async function tried(host: Host, cwd: string, node: string): Promise<HostResult['outcomes']> {
  const outcomes: Partial<Record<Way, Outcome>> = {}
  for (const [way, settings] of waysOf(host)) {
    const { outcome, output } = await tryHost(host, { ...settings, cwd, node })
    outcomes[way] = outcome
    console.log(`${host.name}, ${way}: ${JSON.stringify(outcome)}`)
    const wrong = faults(host, way, outcome)
    if (wrong.length === 0) continue
    console.log(`${wrong.join('; ')}\n${output}`)
    process.exitCode = 1
  }
  return outcomes
}

const results = readResults()

async function measure(host: Host): Promise<void> {
  const node = nodeFor(host)
  const cwd = await setUp(host, { cache: values.cache, node, print: console.log })
  const outcomes = await tried(host, cwd, node)
  const rehearsal = values.rehearse ? await rehearseHost(host, { cwd, node }) : results[host.name]?.rehearsal
  results[host.name] = { version: versionOf(host, cwd), outcomes, ...(rehearsal && { rehearsal }) }
  writeResults(results)
}

for (const host of chosen) {
  // One that cannot be installed or started, on this machine, leaves the others their turn.
  await measure(host).catch((error: Error) => {
    console.error(`${host.name}: ${error.message}`)
    process.exitCode = 1
  })
}
writePage(hosts, results)
