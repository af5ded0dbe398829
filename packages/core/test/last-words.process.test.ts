import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const script = fileURLToPath(new URL('scenarios/many-last-lines.mjs', import.meta.url))

/** Starts a service whose standard error nobody reads yet. */
async function start(gracePeriod: number): Promise<ChildProcess> {
  const options = { platform: 'none', gracePeriod, shutdownDelay: 0, linger: 0 }
  const child = spawn(process.env['LAMEDUCK_TEST_NODE'] ?? process.execPath, [script], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], SUBJECT_OPTIONS: JSON.stringify(options) },
  })
  await once(child.stdout as NodeJS.ReadableStream, 'data')
  return child
}

describe.concurrent('the last words of a process', () => {
  test('wait for a reader that comes late: every line arrives, ours behind the application’s', async () => {
    const child = await start(60_000)
    child.kill('SIGTERM')
    await sleep(1500)
    expect(child.exitCode).toBe(null)
    let text = ''
    child.stderr?.setEncoding('utf8').on('data', (chunk) => {
      text += chunk
    })
    const [code] = await once(child, 'close')
    expect(code).toBe(0)
    expect(text.match(/^last line \d+ \.+$/gm)).toHaveLength(20_000)
    const last = JSON.parse(text.trimEnd().split('\n').at(-1) ?? '')
    expect(last).toMatchObject({ step: 'stopped', report: { clean: true } })
  })

  test('do not hold the process for a reader that never reads, nor beyond the grace period', async () => {
    const child = await start(3000)
    const signalledAt = performance.now()
    child.kill('SIGTERM')
    const [code] = await once(child, 'exit')
    expect(code).toBe(0)
    // Less than five seconds without a byte: it was the grace period.
    expect(performance.now() - signalledAt).toBeGreaterThan(2500)
    child.stderr?.destroy()
  })

  test('are nothing where the reader has gone', async () => {
    const child = await start(60_000)
    child.stderr?.destroy()
    child.kill('SIGTERM')
    const [code] = await once(child, 'exit')
    expect(code).toBe(0)
  })
})
