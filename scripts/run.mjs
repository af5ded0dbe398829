// The two commands of this repository, for a machine that has only Node and npm: `npm start` and `npm test`.
// Written for any Node that knows ES modules, so that an old one is told so in a sentence.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const oldest = [20, 19]
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
  console.error(`lameduck needs Node.js ${oldest.join('.')} or newer; this is ${process.version}.`)
  process.exit(1)
}

const root = new URL('..', import.meta.url)
const { packageManager } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))

const steps = {
  start: [
    ['install', '--frozen-lockfile', '--prefer-offline'],
    ['exec', 'turbo', 'run', 'build', '--output-logs=errors-only'],
    ['--filter', '@lameduck/all-examples', 'run', 'rehearse'],
  ],
  test: [
    ['install', '--frozen-lockfile', '--prefer-offline'],
    ['exec', 'turbo', 'run', 'build', 'lint', 'typecheck'],
    // One package at a time, with several files of it at a time (vitest.shared.ts): their tests mostly wait. All of them, so that
    // one run shows everything that fails.
    ['exec', 'turbo', 'run', 'test', '--concurrency=1', '--continue'],
  ],
}

const command = process.argv[2]
if (!Object.hasOwn(steps, command)) {
  console.error(`usage: node scripts/run.mjs ${Object.keys(steps).join('|')}`)
  process.exit(2)
}

for (const args of steps[command]) {
  const { status, error } = spawnSync('npx', ['-y', packageManager, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { TURBO_TELEMETRY_DISABLED: '1', ...process.env },
  })
  if (error) {
    console.error(`npx could not be started: ${error.message}`)
    process.exit(1)
  }
  if (status !== 0) process.exit(status ?? 1)
}
