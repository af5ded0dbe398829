import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packageManagers } from '@lameduck/package-managers'
import { afterAll, describe, expect, test } from 'vitest'
import { startContained, whyNoNamespace } from './scenarios/in-namespace.js'

const node = process.env['LAMEDUCK_TEST_NODE'] ?? process.execPath
const tsx = fileURLToPath(import.meta.resolve('tsx/cli'))
/** A process 1 as tini is: it passes signals on to what it has started, and ends with it. */
const init = [node, fileURLToPath(new URL('scenarios/init.mjs', import.meta.url))]
const app = `${node} ${fileURLToPath(new URL('scenarios/started-somehow.mjs', import.meta.url))}`
const folder = mkdtempSync(join(tmpdir(), 'lameduck-started-'))
afterAll(() => rmSync(folder, { recursive: true }))

const env = {
  PATH: process.env['PATH'] ?? '',
  HOME: folder,
  COREPACK_ENABLE_DOWNLOAD_PROMPT: '0',
  YARN_ENABLE_TELEMETRY: '0',
  npm_config_update_notifier: 'false',
  SUBJECT_OPTIONS: JSON.stringify({
    platform: 'kubernetes',
    gracePeriod: 5000,
    shutdownDelay: 300,
    linger: 0,
  }),
}

/** A package whose `start` is this script. */
function packageWith(start: string): string {
  const cwd = mkdtempSync(join(folder, 'package-'))
  writeFileSync(
    join(cwd, 'package.json'),
    JSON.stringify({ name: 'service', private: true, scripts: { start } }),
  )
  writeFileSync(join(cwd, 'yarn.lock'), '')
  return cwd
}

function scriptFile(text: string): string {
  const file = join(mkdtempSync(join(folder, 'script-')), 'run.sh')
  writeFileSync(file, text)
  return file
}

interface Shape {
  /** How the process is started, as people write it. */
  readonly name: string
  readonly command: readonly string[]
  /** The `start` script of package.json. */
  readonly start?: string
  /** To be run in the package first. */
  readonly install?: readonly string[]
  /** SIGTERM arrives, and process 1 exits with this code. */
  readonly exits?: number
  /** How often it may fail for a reason of its own that a busy machine brings about. */
  readonly retry?: number
  /** What the warning says. */
  readonly warning?: RegExp
}

const cmd = /CMD \["node", "main\.js"\]/
const exec = /"start": "exec node …"/
const yarn4 = { install: [node, packageManagers.yarn4, 'install'] }

const heard: readonly Shape[] = [
  { name: 'node itself', command: app.split(' '), exits: 0 },
  { name: 'dash -c "exec node …"', command: ['dash', '-c', `exec ${app}`], exits: 0 },
  {
    name: 'a dash script that ends with exec',
    command: ['dash', scriptFile(`set -e\ncd .\nexec ${app}\n`)],
    exits: 0,
  },
  {
    name: 'dash with a trap that sends the signal on',
    command: ['dash', '-c', `trap 'kill -TERM $!' TERM; ${app} & wait; wait`],
    exits: 0,
  },
  {
    name: 'a dash script with a trap that sends the signal on',
    command: ['dash', scriptFile(`trap 'kill -TERM $child' TERM\n${app} &\nchild=$!\nwait\nwait\n`)],
    exits: 0,
  },
  { name: 'bash -c "node …", which replaces itself', command: ['bash', '-c', app], exits: 0 },
  { name: 'bash -c "cd … && node …", likewise', command: ['bash', '-c', `cd . && ${app}`], exits: 0 },
  // tsx kills a child that does not tell it within 60 ms that it has heard the signal.
  { name: 'tsx', command: [node, tsx, ...app.split(' ').slice(1)], exits: 0, retry: 5 },
  { name: 'node itself below an init', command: [...init, ...app.split(' ')], exits: 0 },
  { name: 'bash -c "node …" below an init', command: [...init, 'bash', '-c', app], exits: 0 },
  {
    name: 'dash with a trap below an init',
    command: [...init, 'dash', '-c', `trap 'kill -TERM $!' TERM; ${app} & wait; wait`],
    exits: 0,
  },
  { name: 'npm start with exec', command: ['npm', 'start'], start: `exec ${app}`, exits: 0 },
  {
    name: 'npm start with bash as its shell',
    command: ['npm', 'start', '--script-shell=/bin/bash'],
    start: app,
    exits: 0,
  },
  { name: 'pnpm start', command: ['pnpm', 'start'], start: app, exits: 143 },
  { name: 'pnpm start with exec', command: ['pnpm', 'start'], start: `exec ${app}`, exits: 0 },
  {
    name: 'pnpm 10 start with exec',
    command: [node, packageManagers.pnpm10, 'start'],
    start: `exec ${app}`,
    exits: 0,
  },
  { name: 'yarn 4 start', command: [node, packageManagers.yarn4, 'start'], start: app, exits: 0, ...yarn4 },
]

const swallowed: readonly Shape[] = [
  { name: 'dash -c "node …", the shell form of CMD', command: ['dash', '-c', app], warning: cmd },
  { name: 'dash -c "cd … && node …"', command: ['dash', '-c', `cd . && ${app}`], warning: cmd },
  { name: 'dash -ec "node …; true"', command: ['dash', '-ec', `${app}; true`], warning: cmd },
  {
    name: 'dash with a trap that sends nothing on',
    command: ['dash', '-c', `trap 'echo going' TERM; ${app}`],
    warning: cmd,
  },
  { name: 'a dash script without exec', command: ['dash', scriptFile(`set -e\n${app}\n`)], warning: cmd },
  { name: 'bash -c "node …; true"', command: ['bash', '-c', `${app}; true`], warning: cmd },
  { name: 'bash -lc "node …; true"', command: ['bash', '-lc', `${app}; true`], warning: cmd },
  { name: 'dash -c "node …" below an init', command: [...init, 'dash', '-c', app], warning: cmd },
  {
    name: 'a dash script below an init',
    command: [...init, 'dash', scriptFile(`set -e\n${app}\n`)],
    warning: cmd,
  },
  {
    name: 'bash -c "node …; true" below an init',
    command: [...init, 'bash', '-c', `${app}; true`],
    warning: cmd,
  },
  { name: 'dash -c "node …" below tini', command: ['tini', '--', 'dash', '-c', app], warning: cmd },
  { name: 'dash -c "node …" below dumb-init', command: ['dumb-init', '--', 'dash', '-c', app], warning: cmd },
  { name: 'npm start', command: ['npm', 'start'], start: app, warning: exec },
  {
    name: 'npm start with tsx',
    command: ['npm', 'start'],
    start: app.replace(' ', ` ${tsx} `),
    warning: exec,
  },
  { name: 'dash -c "tsx …"', command: ['dash', '-c', app.replace(' ', ` ${tsx} `)], warning: cmd },
  { name: 'pnpm 10 start', command: [node, packageManagers.pnpm10, 'start'], start: app, warning: exec },
  {
    name: 'npm start with exec, below the shell form of CMD',
    command: ['dash', '-c', 'npm start'],
    start: `exec ${app}`,
    warning: cmd,
  },
  { name: 'yarn 1 start', command: [node, packageManagers.yarn1, 'start'], start: app, warning: cmd },
  {
    name: 'yarn 1 start, even with exec',
    command: [node, packageManagers.yarn1, 'start'],
    start: `exec ${app}`,
    warning: cmd,
  },
  { name: 'node --run start', command: [node, '--run', 'start'], start: app, warning: cmd },
  {
    name: 'node --run start with exec',
    command: [node, '--run', 'start'],
    start: `exec ${app}`,
    warning: cmd,
  },
]

const noNamespace = whyNoNamespace()

/** Why a shape cannot be shown here. */
function whyNot({ command: [program = '', first] }: Shape): string | undefined {
  if (noNamespace !== undefined) return `no PID namespace: ${noNamespace}`
  const { error, stderr } = spawnSync(program, first === '--run' ? ['--run'] : ['-c', ':'], {
    encoding: 'utf8',
  })
  if (error) return error.message
  return stderr.includes('bad option: --run') ? 'this Node has no --run' : undefined
}

async function start(
  { command, start: script, install: [program, ...args] = [] }: Shape,
  more: Record<string, string> = {},
) {
  const cwd = packageWith(script ?? '')
  if (program) expect(spawnSync(program, args, { cwd, env, encoding: 'utf8' })).toMatchObject({ status: 0 })
  const contained = startContained(command, { cwd, env: { ...env, ...more } })
  expect(await contained.line('ready'), contained.output()).toBeDefined()
  return contained
}

function shown(title: string, shape: Shape, show: () => Promise<void>): void {
  const reason = whyNot(shape)
  if (reason !== undefined) console.log(`skipped, "${shape.name}": ${reason}`)
  const options = { timeout: 120_000, retry: shape.retry ?? 0 }
  test.skipIf(reason !== undefined)(`${title} (${shape.name})`, options, show)
}

describe.concurrent('as process 1 of a container', () => {
  for (const shape of heard) {
    shown('D-5: SIGTERM is heard and nothing is warned about', shape, async () => {
      await using contained = await start(shape)
      expect(contained.said('warning')).toEqual([])
      contained.signal('SIGTERM')
      expect(await contained.exitCode(60_000), contained.output()).toBe(shape.exits)
      expect(contained.said('report')).toEqual([
        expect.objectContaining({ signal: 'SIGTERM', exitCode: 0, clean: true }),
      ])
    })
  }

  for (const shape of swallowed) {
    shown('D-5: SIGTERM is swallowed, and one warning at start names the mend', shape, async () => {
      await using contained = await start(shape)
      expect(contained.said('warning')).toEqual([expect.stringMatching(shape.warning ?? /^$/)])
      contained.signal('SIGTERM')
      await contained.exitCode(1000)
      expect(contained.said('report')).toEqual([])
    })
  }

  const held = { name: 'node itself, which has to cut something', command: app.split(' ') }
  shown('D-5: SIGTERM is heard, and the exit code is the one of the contract', held, async () => {
    await using contained = await start(held, { HOLD: 'a job that never ends' })
    contained.signal('SIGTERM')
    expect(await contained.exitCode(60_000), contained.output()).toBe(1)
    expect(contained.said('report')).toEqual([expect.objectContaining({ exitCode: 1, clean: false })])
  })
})
