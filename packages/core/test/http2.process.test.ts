import { setTimeout as sleep } from 'node:timers/promises'
import { Http2Client, quick, RawClient } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { startScenario } from './scenarios/start-scenario.js'

describe.concurrent('HTTP/2', { timeout: 120_000 }, () => {
  for (const api of ['streams', 'requests']) {
    test(`a handler that answers after the cutoff harms nothing in a process that goes on (${api})`, async () => {
      const options = { ...quick, gracePeriod: 3000 }
      await using server = await startScenario('http2-late-answer', { options, env: { API: api } })
      const session = await server.session()
      const [silent, begun] = [session.open('GET', '/silent'), session.open('GET', '/begun')]
      await begun.head
      server.signal('SIGUSR2')
      expect((await silent.response()).status).toBe(503)
      await expect(begun.response()).rejects.toMatchObject({ code: 8 })
      await server.line('late', 8000)
      await sleep(200)
      expect(server.said('stopped')).toEqual([2])
      expect(server.child.exitCode).toBe(null)
      expect(server.stderr).not.toMatch(/ERR_|uncaught/i)
    })
  }

  test('HTTP/1, HTTP/2 and a server of HTTP/2 that is attached while draining drain side by side', async () => {
    await using server = await startScenario('http2-many-servers', {
      options: { ...quick, shutdownDelay: 800 },
    })
    const [http = 0, http2 = 0, late = 0] = server.said('ports').flat() as number[]
    const open = async (port: number) => server.adopt(await Http2Client.connect({ port }))
    const [one, two, three] = [
      server.adopt(await RawClient.connect({ port: http })),
      await open(http2),
      await open(late),
    ]
    const answers = [one.get('/slow?ms=1500'), two.get('/slow?ms=1500'), three.get('/slow?ms=2200')]
    await sleep(100)
    server.signal()
    await server.draining()
    expect((await three.get('/fast')).text).toBe('fast')
    expect((await (await open(late)).get('/fast')).text).toBe('fast')
    for (const answer of answers) expect((await answer).text).toBe('slow')
    for (const session of [two, three]) {
      await session.closed
      expect(session.goaways[0]).toMatchObject({ code: 0 })
    }
    const exit = await server.exited()
    expect(exit).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
    expect(exit.report.connections).toMatchObject({ session: 3 })
  })
})
