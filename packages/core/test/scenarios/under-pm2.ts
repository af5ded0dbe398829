import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { processManagers } from '@lameduck/process-managers'

const node = process.env['LAMEDUCK_TEST_NODE'] ?? process.execPath
const run = promisify(execFile)

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** A PM2 of its own, with its daemon, logs and everything. */
export interface UnderPm2 extends AsyncDisposable {
  readonly port: number
  /** Runs one of PM2's commands. */
  pm2(...args: readonly string[]): Promise<void>
  /** Has the first service reloaded by PM2's message. The command for it is gone from PM2 7, its daemon does it all the same. */
  softReload(): Promise<void>
  /** How the processes that are gone have exited, as PM2 saw it. */
  exits(): string[]
  /** What PM2 and the services have printed. */
  output(): string
}

/** Starts a service of `scenarios/` under PM2, which is waited for as PM2 waits. */
export async function startUnderPm2(script: string, ...args: readonly string[]): Promise<UnderPm2> {
  const home = mkdtempSync(join(tmpdir(), 'lameduck-pm2-'))
  const port = await freePort()
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    PM2_HOME: home,
    PORT: String(port),
    // However slow this machine is, nobody who is idle for a moment is left behind.
    LAMEDUCK_LINGER: '5s',
  }
  const log = join(home, 'pm2.log')
  const pm2 = async (...command: readonly string[]) => {
    await run(node, [processManagers.pm2, ...command], { env, cwd: home, timeout: 60_000 })
  }
  const read = () => {
    try {
      return readFileSync(log, 'utf8')
    } catch {
      return ''
    }
  }
  const softly = `const pm2 = require(process.argv[1])
    pm2.connect(() => pm2.Client.executeRemote('softReloadProcessId', { id: 0, env: {} }, () => pm2.disconnect()))`
  const started: UnderPm2 = {
    port,
    pm2,
    async softReload() {
      await run(node, ['-e', softly, join(processManagers.pm2, '../..')], { env, cwd: home, timeout: 60_000 })
    },
    exits: () => [...read().matchAll(/exited with code \[(.*?)\]/g)].map(([, code = '']) => code),
    output: read,
    async [Symbol.asyncDispose]() {
      await pm2('kill').catch(() => {})
      rmSync(home, { recursive: true, force: true, maxRetries: 5 })
    },
  }
  try {
    const path = fileURLToPath(new URL(script, import.meta.url))
    await pm2('start', path, '--no-autorestart', '--listen-timeout', '60000', '--interpreter', node, ...args)
  } catch (error) {
    await started[Symbol.asyncDispose]()
    throw error
  }
  return started
}
