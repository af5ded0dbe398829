import { type ForkedServer, quick } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { startScenario } from './start-scenario.js'

const query = (field: string) => ({
  path: '/',
  parts: {
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ query: `{ ${field} }` }),
  },
  answer: `{"data":{"${field}":"${field}"}}\n`,
})
const page = (name: string) => ({ path: name === 'quick' ? '/' : '/slow', parts: {}, answer: name })

/** What these hosts do at a signal, if they are left to it: end connections or the process while others are still routed here. */
const hosts = {
  'fastify-cli': { method: 'GET', of: page, handler: /SIGTERM handler .*close-with-grace/ },
  'apollo-standalone': { method: 'POST', of: query, handler: /SIGTERM handler .*@apollo/ },
  srvx: { method: 'GET', of: page, handler: /SIGTERM handler .*srvx/ },
  opentelemetry: { method: 'GET', of: page, handler: /SIGTERM handler .*sdk/ },
  'signal-exit': { method: 'GET', of: page, handler: undefined },
} as const

type Ask = (client: Awaited<ReturnType<ForkedServer['connect']>>) => Promise<{ status: number; text: string }>

/** Newcomers, one after the other, until they are turned away; gives what went wrong, and how many were served. */
async function newcomers(server: ForkedServer, ask: Ask, answer: string) {
  const outcome = { served: 0, wrong: [] as unknown[] }
  for (;;) {
    const client = await server.connect().catch(() => undefined)
    if (client === undefined) return outcome
    const response = await ask(client).catch((error: unknown) => ({ status: 0, text: String(error) }))
    if (response.status === 200 && response.text === answer) outcome.served++
    else outcome.wrong.push(response)
    client.destroy()
  }
}

describe('a host that listens to signals itself loses nothing under load, and has its turn', () => {
  for (const [name, { method, of, handler }] of Object.entries(hosts)) {
    test(name, { timeout: 60_000 }, async () => {
      await using server = await startScenario(name, { options: quick })
      const [slow, fast] = [of('slow'), of('quick')]
      const client = await server.connect()
      const answered = client.ask(method, slow.path, slow.parts)
      await server.line('asked')
      const load = Array.from({ length: 4 }, () =>
        newcomers(server, (each) => each.ask(method, fast.path, fast.parts), fast.answer),
      )
      server.signal()
      expect(await answered).toMatchObject({ status: 200, text: slow.answer })
      const outcomes = await Promise.all(load)
      expect(outcomes.flatMap(({ wrong }) => wrong)).toEqual([])
      for (const { served } of outcomes) expect(served).toBeGreaterThan(0)
      const { code, signal, report } = await server.exited()
      expect({ code, signal, report }).toMatchObject({
        code: 0,
        signal: null,
        report: { clean: true, cut: [] },
      })
      expect(server.said('theirs')).toContain(true)
      if (handler === undefined) return
      const theirs = expect.objectContaining({ name: expect.stringMatching(handler), outcome: 'done' })
      expect(report.hooks).toContainEqual(theirs)
      if (name === 'opentelemetry') expect(server.said('span')).toContain('/slow')
    })
  }
})
