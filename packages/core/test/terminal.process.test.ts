import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { RawClient } from '@lameduck/conformance'
import { afterAll, describe, expect, test } from 'vitest'
import { ctrlC, type OnTerminal, startOnTerminal, whyNoTerminal } from './scenarios/on-terminal.js'

const node = process.env['LAMEDUCK_TEST_NODE'] ?? process.execPath
const app = `${node} ${fileURLToPath(new URL('scenarios/on-a-terminal.mjs', import.meta.url))}`
const folder = mkdtempSync(join(tmpdir(), 'lameduck-terminal-'))
writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'service', scripts: { start: app } }))
afterAll(() => rmSync(folder, { recursive: true }))

const env = { PATH: process.env['PATH'] ?? '', HOME: folder, npm_config_update_notifier: 'false' }

const noTerminal = whyNoTerminal()
if (noTerminal !== undefined) console.log(`skipped, no pseudo-terminal: ${noTerminal}`)

async function connect(terminal: OnTerminal): Promise<RawClient> {
  const line = await terminal.line('ready')
  expect(line, terminal.output()).toBeDefined()
  return await RawClient.connect({ port: terminal.said('listening')[0] as number })
}

describe.skipIf(noTerminal !== undefined)('on a terminal', { concurrent: true, timeout: 120_000 }, () => {
  test('B5: Ctrl-C gives the prompt back at once, with an idle browser connected and explicit times set', async () => {
    await using terminal = startOnTerminal(`exec ${app}`, { cwd: folder, env })
    const browser = await connect(terminal)
    await browser.get('/fast')
    expect(terminal.said('plan')).toEqual([expect.objectContaining({ platform: 'terminal' })])
    const start = performance.now()
    terminal.type(ctrlC)
    expect(await browser.closed).toBe('fin')
    expect(await terminal.exitCode(3000)).toBe(0)
    expect(performance.now() - start).toBeLessThan(1500)
    expect(terminal.said('report')).toEqual([expect.objectContaining({ signal: 'SIGINT', clean: true })])
    expect(terminal.output()).toContain('lameduck SIGINT: draining')
  })

  for (const runner of ['npm start', 'pnpm start']) {
    const reason = spawnSync(runner.split(' ')[0] ?? '', ['--version']).error?.message
    if (reason !== undefined) console.log(`skipped, "${runner}": ${reason}`)
    test.skipIf(reason !== undefined)(
      `Ctrl-C below \`${runner}\` is one gesture, also where it is passed on as well`,
      async () => {
        await using terminal = startOnTerminal(runner, { cwd: folder, env })
        const client = await connect(terminal)
        const slow = client.get('/slow?ms=1000')
        await sleep(100)
        terminal.type(ctrlC)
        await terminal.line('draining')
        process.kill(terminal.said('pid')[0] as number, 'SIGINT')
        expect(await slow).toMatchObject({ status: 200, text: 'slow', headers: { connection: 'close' } })
        await terminal.exitCode(3000)
        expect(terminal.said('report')).toEqual([expect.objectContaining({ exitCode: 0, clean: true })])
        expect(terminal.said('warning')).toEqual([])
      },
    )
  }

  test('two Ctrl-C in one moment are one gesture, and a later one forces with 130', async () => {
    await using terminal = startOnTerminal(`exec ${app}`, { cwd: folder, env })
    const client = await connect(terminal)
    void client.request('GET', '/hang')
    await terminal.line('hanging')
    terminal.type(ctrlC)
    await sleep(50)
    terminal.type(ctrlC)
    await terminal.line('draining')
    expect(await terminal.exitCode(700)).toBe(undefined)
    terminal.type(ctrlC)
    expect(await terminal.exitCode(3000)).toBe(130)
    expect(terminal.said('report')).toEqual([expect.objectContaining({ exitCode: 130, clean: false })])
  })
})
