import { ForkedServer, quick, startScript } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'

const scriptOf = (name: string) => new URL(`scenarios/${name}.mjs`, import.meta.url)

describe.concurrent('a process', { timeout: 120_000 }, () => {
  test('of tests that nobody stops ends by itself, warns of nothing and keeps no server', async () => {
    await using tests = new ForkedServer(scriptOf('supertest'), { nodeArguments: ['--expose-gc'] })
    const { code, stderr } = await tests.exited()
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const { servers, kept } = await tests.line('kept')
    expect(servers).toBe(300)
    // The last few may still be on some stack.
    expect(kept).toBeLessThan(5)
    expect(tests.said('warning')).toEqual([])
  })

  test('of tests keeps no application, and no server that never listened: it would drain nothing', async () => {
    await using tests = new ForkedServer(scriptOf('dropped-apps'), { nodeArguments: ['--expose-gc'] })
    expect((await tests.exited()).code).toBe(0)
    const { kept } = await tests.line('kept')
    for (const left of Object.values(kept as Record<string, number>)) expect(left).toBeLessThan(20)
    expect(Object.keys(kept as object)).toEqual(['plain', 'express', 'http', 'http2'])
  })

  test('keeps what a signal has to find, though nobody holds it, and drains a server that listens late', async () => {
    await using server = await startScript(scriptOf('dropped-apps'), {
      nodeArguments: ['--expose-gc'],
      env: { STAYS: '1' },
    })
    const client = await server.connect()
    const late = client.get('/')
    await server.line('handling')
    server.signal()
    expect(await late).toMatchObject({ text: 'late', headers: { connection: 'close' } })
    expect((await server.exited()).code).toBe(0)
    const told = server.said('told').sort()
    expect(told).toEqual(['hold', 'on', 'onDrain', 'onStop', 'signal', 'startup'])
  })

  test('whose lifecycles were all collected still leaves with 0 at a signal', async () => {
    await using server = await startScript(scriptOf('dropped-apps'), {
      nodeArguments: ['--expose-gc'],
      env: { WAITS: '1' },
    })
    server.signal()
    expect(await server.exited()).toMatchObject({ code: 0, signal: null })
  })

  test('that listened before it imported lameduck is found when somebody connects', async () => {
    await using server = await startScript(scriptOf('imported-late'), { options: quick })
    expect(server.said('ready')).toEqual([])
    const client = await server.connect()
    await server.line('ready')
    const slow = client.get('/slow?ms=900')
    await server.line('handling')
    server.signal()
    expect(await slow).toMatchObject({ text: 'slow', headers: { connection: 'close' } })
    expect(await server.exited()).toMatchObject({ code: 0, report: { requests: { finished: 1 } } })
  })

  test('that is a worker of a cluster finds its server and drains it', async () => {
    await using server = await startScript(scriptOf('cluster'), { options: quick })
    const clients = [await server.connect(), await server.connect()]
    const answers = clients.map((client) => client.get('/slow?ms=1000'))
    await server.until(() => server.said('handling').length === 2, 5000, 'two requests')
    server.signal()
    for (const answer of answers)
      expect(await answer).toMatchObject({ text: 'slow', headers: { connection: 'close' } })
    await server.exited()
    expect(server.said('code')).toEqual([0, 0])
    expect(server.said('report')).toMatchObject([{ clean: true }, { clean: true }])
    expect(new Set(server.said('handling'))).toEqual(new Set([1, 2]))
  })
})
