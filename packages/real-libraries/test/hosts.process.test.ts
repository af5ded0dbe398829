import { quick } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { startScenario } from './start-scenario.js'

const graphql = {
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({ query: '{ slow }' }),
}

const hosts = {
  'hapi, stopped in onStop': {
    scenario: 'hapi',
    ask: ['GET', '/slow'],
    answer: 'slow',
  },
  'Apollo Server with its drain plugin, stopped in onStop': {
    scenario: 'apollo',
    ask: ['POST', '/slow', graphql],
    answer: '{"data":{"slow":"slow"}}\n',
  },
  'work after the response, closed and waited for in onStop': {
    scenario: 'after-the-response',
    ask: ['GET', '/slow'],
    answer: 'slow',
  },
} as const

describe.concurrent('a host that closes its own server', () => {
  for (const [name, { scenario, ask, answer }] of Object.entries(hosts)) {
    test(name, async () => {
      await using server = await startScenario(scenario, { options: quick })
      const [slow, idle] = [await server.connect(), await server.connect()]
      const [method, path, parts] = ask
      const answered = slow.ask(method, path, parts)
      await server.line('asked')
      server.signal()
      expect(await answered).toMatchObject({ status: 200, text: answer })
      await idle.closed
      const { code, report } = await server.exited()
      expect({ code, report }).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
      expect(report.hooks).toContainEqual(expect.objectContaining({ name: 'the host', outcome: 'done' }))
      expect(server.said('closed')).toEqual([true])
      if (scenario === 'after-the-response') expect(server.said('after')).toEqual([true])
    })
  }
})

test("@fastify/http-proxy: WebSockets are ended by the proxy's own hook, before the cutoff", async () => {
  await using server = await startScenario('http-proxy', { options: { ...quick, gracePeriod: 60_000 } })
  const [client, socket] = [await server.connect(), await server.webSocket('/')]
  await socket.echoes('through the gateway')
  const answered = client.get('/slow')
  await server.line('asked')
  server.signal()
  expect(await answered).toMatchObject({ status: 200, text: 'slow' })
  // The proxy gives no code, as without lameduck.
  expect(await socket.closed).toMatchObject({ code: 1005 })
  const exit = await server.exited()
  expect(exit).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
  expect(server.said('cutoff')).toEqual([])
})
