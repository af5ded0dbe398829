import { brief, quick } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { startScenario } from './scenarios/start-scenario.js'

describe.concurrent('holds and onDrain', { timeout: 120_000 }, () => {
  test('a hold is waited for, and releasing it twice is quiet', async () => {
    await using server = await startScenario('hold', { options: quick, env: { HELD: '1500' } })
    server.signal()
    const exit = await server.exited()
    expect(exit).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
    expect(exit.ms).toBeGreaterThan(1400)
    expect(server.said('released')).toEqual([true])
  })

  test('a hold that is never released is cut at the cutoff and named', async () => {
    await using server = await startScenario('hold', { options: brief })
    server.signal()
    const exit = await server.exited()
    expect(exit).toMatchObject({ code: 1, report: { clean: false } })
    expect(exit.report.cut).toEqual([expect.objectContaining({ kind: 'hold', name: 'job 7' })])
    expect(exit.ownMs).toBeLessThan(brief.gracePeriod)
  })

  test('the listener stays open until the promises of onDrain have settled', async () => {
    await using server = await startScenario('on-drain-promise', { options: quick })
    server.signal()
    await server.draining()
    await server.refusing()
    expect(server.said('deregistered')).toEqual([true])
    expect(server.said('unsubscribed')).toEqual([])
    expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
  })

  test('a rejection of onDrain counts as a failed hook', async () => {
    await using server = await startScenario('on-drain-promise', { options: quick, env: { REJECT: '1' } })
    server.signal()
    const exit = await server.exited()
    expect(exit).toMatchObject({ code: 1, report: { clean: false } })
    expect(exit.report.hooks).toEqual([expect.objectContaining({ outcome: 'failed' })])
    expect(exit.stdout + exit.stderr).toContain('the registry is down')
  })

  test('thousands of listeners cause no warning', async () => {
    await using server = await startScenario('many-listeners', { options: quick })
    server.signal()
    const exit = await server.exited()
    expect(exit.code).toBe(0)
    expect(server.said('heard')).toEqual([2000])
    expect(exit.stderr).not.toContain('MaxListeners')
  })

  test('the events tell the order of the drain', async () => {
    await using server = await startScenario('event-order', { options: quick })
    server.signal()
    await server.exited()
    const told = server.said('event')
    const order = ['ready', 'draining', 'closing', 'drained', 'the database is closed', 'stopped']
    expect(told.filter((event) => order.includes(event as string))).toEqual(order)
    expect(told).toContain('the server is closed')
    expect(told.indexOf('the server is closed')).toBeLessThan(told.indexOf('the database is closed'))
  })
})
