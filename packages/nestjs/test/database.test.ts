import { quick } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { startScenario } from './scenarios/start-scenario.js'

const rows = 200
const combinations = ([11, 12] as const).flatMap((nest) =>
  ['express', 'fastify'].flatMap((platform) =>
    (['http', 'https'] as const).map((protocol, i) => ({
      nest,
      platform,
      protocol,
      // Each way to have shutdown hooks meets each Nest and each platform.
      hooks: ['no', 'kill', 'exit'][(nest + (platform === 'express' ? 0 : 1) + 2 * i) % 3] as string,
    })),
  ),
)

describe('the database of a provider', () => {
  for (const { nest, platform, protocol, hooks } of combinations) {
    const title = `Nest ${nest} on ${platform} with ${protocol}, shutdown hooks: ${hooks}`
    test(`is open for all of ${rows} requests that ask it after the signal: ${title}`, {
      timeout: 120_000,
    }, async () => {
      await using server = await startScenario('database', {
        nest,
        protocol,
        options: quick,
        env: { PLATFORM: platform, PROTOCOL: protocol, SHUTDOWN_HOOKS: hooks },
      })
      const clients = await Promise.all(Array.from({ length: rows }, () => server.connect()))
      const answers = clients.map((client, id) => client.get(`/fruits/${id}`))
      await server.line('waiting')
      server.signal()
      const bodies = (await Promise.all(answers)).map(({ status, text }) => ({ status, ...JSON.parse(text) }))
      expect(bodies).toEqual(
        Array.from({ length: rows }, (_, id) => ({ status: 200, name: `fruit ${id}`, state: 'draining' })),
      )
      expect(await server.exited()).toMatchObject({ code: 0, signal: null, report: { clean: true } })
      expect(server.said('event')).toEqual([...Array(rows).fill('asked'), 'closed'])
    })
  }
})
