import { setTimeout as sleep } from 'node:timers/promises'
import { quick } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { startScenario } from './scenarios/start-scenario.js'

const options = { ...quick, gracePeriod: 5000 }

describe.concurrent('onStop functions', { timeout: 120_000 }, () => {
  test('run in reverse order after the last request, also behind one that fails; the failure is named', async () => {
    await using server = await startScenario('hook-throws', { options })
    server.signal()
    const exit = await server.exited()
    expect(server.said('hook')).toEqual(['fourth', 'third', 'second', 'first'])
    expect(exit).toMatchObject({ code: 1, report: { clean: false, exitCode: 1, cut: [] } })
    expect(exit.report.hooks.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['fourth', 'done'],
      ['third', 'failed'],
      ['second', 'failed'],
      ['first', 'done'],
    ])
    expect(exit.stdout + exit.stderr).toContain('the pool is stuck')
  })

  test('cannot hold the process when they hang: the others run, the hanging ones are named, exit 1 within the grace period', async () => {
    await using server = await startScenario('hook-hangs', { options })
    server.signal()
    const exit = await server.exited()
    expect(server.said('hook')).toEqual(['impatient', 'hanging', 'first'])
    expect(exit).toMatchObject({ code: 1, report: { clean: false } })
    expect(exit.ownMs).toBeLessThan(options.gracePeriod)
    expect(exit.report.hooks.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['impatient', 'timed-out'],
      ['hanging', 'timed-out'],
      ['first', 'done'],
    ])
    expect(exit.report.hooks[0]?.duration).toBeLessThan(400)
  })

  test('run when no request is left', async () => {
    await using server = await startScenario('hook-after-the-last-request', {
      options: { ...options, linger: 0 },
    })
    const client = await server.connect()
    const slow = client.get('/')
    await sleep(100)
    server.signal()
    expect((await slow).text).toBe('open')
    expect((await server.exited()).code).toBe(0)
    expect(server.lines.filter((line) => 'hook' in line || 'request' in line)).toEqual([
      { request: 'open' },
      { hook: 'database' },
    ])
  })
})

describe.concurrent('several lifecycles in one process', { timeout: 120_000 }, () => {
  test("no onStop function runs while another lifecycle's requests may use what it closes", async () => {
    await using server = await startScenario('two-lifecycles', { options })
    expect(await server.line('listeners')).toEqual({ listeners: 1 })
    const client = await server.connect()
    const slow = client.get('/')
    await sleep(100)
    server.signal()
    expect(await slow).toMatchObject({ status: 200, text: 'open' })
    expect((await server.exited()).code).toBe(0)
    expect(server.said('hook').sort()).toEqual(['first', 'second'])
  })

  test('two copies of the package share one coordinator', async () => {
    await using server = await startScenario('two-copies', { options })
    expect(await server.line('copies')).toEqual({ copies: true, listeners: 1 })
    const client = await server.connect()
    const slow = client.get('/')
    await sleep(100)
    server.signal()
    expect(await slow).toMatchObject({ status: 200, text: 'open' })
    expect((await server.exited()).code).toBe(0)
  })
})
