import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import { isAlive, type Run, startRehearse } from './run-rehearse.js'

// A service that was left behind would have written its process id down by then.
const startingTakes = 500

const nothingIsLeft = async ({ pids }: Run) => {
  await sleep(startingTakes)
  expect(pids().length).toBeGreaterThan(3)
  await vi.waitFor(() => expect(pids().filter(isAlive)).toEqual([]), { timeout: 60_000, interval: 20 })
}

describe.concurrent('the command line', { timeout: 120_000 }, () => {
  test.each([
    [['--rps', 'many'], 'rehearse: --rps: expected a number from 0.1 to 20000, got "many"'],
    [['--lb', 'traefik'], 'rehearse: --lb: expected service, nginx or haproxy, got "traefik"'],
    [['--pre-stop', '40'], 'rehearse: --pre-stop: expected less than --grace, got 40 with --grace 30'],
    [['--mix', '/nowhere/t.yaml'], 'rehearse: --mix: expected a file that can be read'],
    [['--json', '/nowhere/report.json'], 'rehearse: --json: expected a file that can be written'],
  ])('%j exits 2 and says why', async (options, message) => {
    const { code, output } = await startRehearse('good', ...options).ended
    expect(code).toBe(2)
    expect(output).toContain(message)
    expect(output).not.toContain('started')
  })

  test('a command that does not exist exits 2', async () => {
    const { code, output } = await startRehearse('good', '--', '/nowhere/service').ended
    expect(code).toBe(2)
    expect(output).toContain('the command "/nowhere/service" cannot be started')
  })

  test('Ctrl-C ends everything that was started', async () => {
    const run = startRehearse('ignores-sigterm', '--ready', '/', '--live', '/')
    await run.sees('gets SIGTERM')
    run.child.kill('SIGINT')
    const { code, output } = await run.ended
    expect(code).toBe(130)
    expect(output).toContain('everything that was started has been ended')
    await nothingIsLeft(run)
  })

  test('nothing is left when it is killed itself', async () => {
    const run = startRehearse('ignores-sigterm', '--ready', '/', '--live', '/')
    await run.sees('gets SIGTERM')
    run.child.kill('SIGKILL')
    expect((await run.ended).signal).toBe('SIGKILL')
    await nothingIsLeft(run)
  })
})
