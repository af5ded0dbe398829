import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { processManagers } from '@lameduck/process-managers'
import { describe, expect, test } from 'vitest'
import { listenTo } from './scenarios/listen-to.js'

const node = process.env['LAMEDUCK_TEST_NODE'] ?? process.execPath
const scenario = new URL('scenarios/developed.mjs', import.meta.url).href

const watchers: [string, string[]][] = [
  ['nodemon --signal SIGTERM', [processManagers.nodemon, '--signal', 'SIGTERM', '--quiet']],
  ['node --watch', ['--watch']],
  ['tsx watch', [fileURLToPath(import.meta.resolve('tsx/cli')), 'watch']],
]

async function ended(child: ChildProcess) {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('exit', resolve))
  }
}

describe.concurrent('a service that is developed, with nothing but pipes', { timeout: 120_000 }, () => {
  for (const [watcher, args] of watchers) {
    test(`restarts at once below ${watcher}, with a browser connected`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'lameduck-developed-'))
      const entry = join(folder, 'entry.mjs')
      writeFileSync(entry, `import ${JSON.stringify(scenario)}\n`)
      const child = spawn(node, [...args, entry], {
        cwd: folder,
        env: { PATH: process.env['PATH'] ?? '', HOME: folder },
        stdio: 'pipe',
      })
      const heard = listenTo(child)
      try {
        expect(await heard.line('browsed'), heard.output()).toBeDefined()
        // A watcher may not have looked at the file before it changes for the first time.
        for (let change = 1; heard.said('report').length === 0 && change < 30; change++) {
          writeFileSync(entry, `import ${JSON.stringify(scenario)} // changed ${change} times\n`)
          await heard.line('report', 1000)
        }
        expect(heard.said('report')[0], heard.output()).toMatchObject({
          signal: 'SIGTERM',
          clean: true,
          exitCode: 0,
          // The browser has not been waited for.
          connections: { idle: 1 },
        })
        expect(heard.said('plan')[0]).toMatchObject({ platform: 'terminal', window: { max: 0 }, linger: 0 })
      } finally {
        const pids = heard.said('pid') as number[]
        await ended(child)
        for (const pid of pids) {
          try {
            process.kill(pid, 'SIGKILL')
          } catch {
            // It has gone with its parent.
          }
        }
        rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
      }
    })
  }
})
