import { setTimeout as sleep } from 'node:timers/promises'
import { type ForkedServer, quick } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { startScenario } from './scenarios/start-scenario.js'

const start = (
  reporter: string,
  more: { first?: boolean; node?: string[]; env?: Record<string, string> } = {},
) =>
  startScenario('error-reporter', {
    options: quick,
    env: { REPORTER: reporter, ...(more.first ? { REPORTER_FIRST: '1' } : {}), ...more.env },
    nodeArguments: more.node ?? [],
  })

const nobody = { listeners: 0, raw: 0, count: 0, named: false }
const one = { listeners: 1, raw: 1, count: 1, named: true }

/** An exception while a request is in flight: how that ends. */
async function crash(server: ForkedServer) {
  const [client, thrower] = [await server.connect(), await server.connect()]
  const slow = client.get('/slow?ms=1500')
  await sleep(50)
  await thrower.get('/throw?id=it')
  return { slow: await slow, exit: await server.exited() }
}

describe.concurrent('a crash', { timeout: 60_000 }, () => {
  for (const first of [true, false]) {
    const when = first ? 'before the lifecycle' : 'after it'
    test(`beside a reporter that leaves the exit to others, made ${when}: its exit comes a drain later`, async () => {
      await using server = await start('polite', { first })
      const { slow, exit } = await crash(server)
      expect(slow).toMatchObject({ status: 200, text: 'slow', headers: { connection: 'close' } })
      expect(server.said('before')).toEqual([[one, nobody]])
      expect(server.said('seen')).toEqual([[one, nobody]])
      expect(server.said('reported')).toEqual(['thrown on purpose it'])
      expect(exit).toMatchObject({ code: 7, report: { reason: 'crash', exitCode: 7, clean: true } })
      expect(server.said('reason')).toEqual(['thrown on purpose it'])
      expect(server.said('hook')).toEqual(['database'])
    })

    test(`beside a reporter that exits by itself, made ${when}: what is in flight is finished before it does`, async () => {
      await using server = await start('impolite', { first })
      const { slow, exit } = await crash(server)
      expect(slow).toMatchObject({ status: 200, text: 'slow' })
      expect(exit).toMatchObject({ code: 7, report: { reason: 'crash', exitCode: 7 } })
      expect(exit.stderr).not.toContain('Node.js v')
    })
  }

  test('that somebody swallows keeps the process alive', async () => {
    await using server = await start('swallowing')
    const [client, thrower] = [await server.connect(), await server.connect()]
    await thrower.get('/throw?id=mine')
    await server.line('caught')
    expect((await client.get('/readyz')).status).toBe(200)
    server.signal()
    expect(await server.exited()).toMatchObject({ code: 0, report: { reason: 'SIGTERM' } })
  })

  test('by a rejection whose listener exits is held to the end of the drain', async () => {
    await using server = await start('rejections')
    const client = await server.connect()
    const slow = client.get('/slow?ms=1500')
    await sleep(50)
    server.signal('SIGUSR2')
    expect(await slow).toMatchObject({ status: 200, text: 'slow' })
    expect(await server.exited()).toMatchObject({ code: 9, report: { reason: 'crash', exitCode: 9 } })
    expect(server.said('reason')).toEqual(['nobody waits for this'])
  })

  test('is a crash beside somebody who only watches, and who does not see us either', async () => {
    await using server = await start('monitoring')
    const { slow, exit } = await crash(server)
    expect(slow).toMatchObject({ status: 200, text: 'slow' })
    expect(server.said('seen')).toEqual([[nobody, nobody]])
    expect(exit).toMatchObject({ code: 1, report: { reason: 'crash' } })
    expect(exit.stderr).toMatch(/Error: thrown on purpose it\s+at /)
  })

  test('is one although somebody has put back the emit of process that was there before us', async () => {
    await using server = await start('restoring', { first: true })
    await sleep(200)
    const { slow, exit } = await crash(server)
    expect(slow).toMatchObject({ status: 200, text: 'slow' })
    expect(exit).toMatchObject({ code: 1, report: { reason: 'crash' } })
  })

  test('is none where a capture callback takes it', async () => {
    await using server = await start('capturing')
    const [client, thrower] = [await server.connect(), await server.connect()]
    await thrower.get('/throw?id=mine')
    expect(await server.line('caught')).toEqual({ caught: 'thrown on purpose mine' })
    expect((await client.get('/readyz')).status).toBe(200)
  })

  for (const mode of ['warn', 'none', 'warn-with-error-code', 'strict', 'throw']) {
    test(`by a rejection under --unhandled-rejections=${mode} is what Node makes of it`, async () => {
      await using server = await start('none', { node: [`--unhandled-rejections=${mode}`] })
      const client = await server.connect()
      server.signal('SIGUSR2')
      if (mode === 'strict' || mode === 'throw') {
        expect(await server.exited()).toMatchObject({ code: 1, report: { reason: 'crash' } })
        return
      }
      await sleep(300)
      expect((await client.get('/readyz')).status).toBe(200)
    })
  }

  test('a second one exits at once, also beside a reporter', async () => {
    await using server = await start('impolite')
    const [client, thrower] = [await server.connect(), await server.connect()]
    void client.request('GET', '/hang')
    await server.line('hanging')
    await thrower.get('/throw?id=second&ms=600')
    await thrower.get('/throw?id=first')
    await server.draining()
    const exit = await server.exited(4000)
    expect(exit.code).toBe(7)
    expect(server.said('reported')).toEqual(['thrown on purpose first', 'thrown on purpose second'])
    expect(server.said('report')).toEqual([])
  })

  test('while draining after a signal makes the code 1, and is in the report', async () => {
    await using server = await start('none')
    const [client, thrower] = [await server.connect(), await server.connect()]
    const slow = client.get('/slow?ms=1500')
    await thrower.get('/throw?id=late&ms=700')
    server.signal()
    expect(await slow).toMatchObject({ status: 200 })
    expect(await server.exited()).toMatchObject({ code: 1, report: { reason: 'SIGTERM', exitCode: 1 } })
    expect(server.said('reason')).toEqual(['thrown on purpose late'])
  })
})
