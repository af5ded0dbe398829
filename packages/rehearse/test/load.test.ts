import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import type { FinishedAttempt } from '../src/attempt.js'
import type { Endpoint } from '../src/endpoints.js'
import { type LoadSettings, startLoad } from '../src/load.js'
import { usualTraffic } from '../src/traffic/traffic.js'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleanUp.splice(0)) await clean()
})

async function serve(delay: number): Promise<Endpoint> {
  const server = createServer((request, response) => {
    request.resume()
    setTimeout(() => response.end('ok'), delay)
  })
  cleanUp.push(() => new Promise((resolve) => server.close(resolve)))
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1' }, resolve))
  const { port } = server.address() as AddressInfo
  return { id: 'r1', address: { host: '127.0.0.1', port }, ready: true }
}

async function run(
  settings: Partial<LoadSettings> & Pick<LoadSettings, 'pick'>,
  ms: number,
): Promise<FinishedAttempt[]> {
  const attempts: FinishedAttempt[] = []
  const load = startLoad({
    rps: 100,
    connections: 5,
    traffic: usualTraffic({ path: '/' }),
    timeout: 5,
    retryRefused: false,
    record: (attempt) => attempts.push(attempt),
    ...settings,
  })
  await sleep(ms)
  expect(load.stop()).toBe(load.stop())
  await load.stop()
  return attempts
}

describe('startLoad', () => {
  test('keeps the rate and answers for every request', async () => {
    const endpoint = await serve(0)
    const attempts = await run({ pick: () => endpoint }, 500)
    const last =
      Math.max(...attempts.map(({ sentAt }) => sentAt)) - Math.min(...attempts.map(({ dueAt }) => dueAt))
    expect(attempts.length).toBeGreaterThan(40)
    // One every 10 ms, the first at once.
    expect(attempts.length).toBeLessThanOrEqual(last / 10 + 1)
    expect(new Set(attempts.map(({ outcome }) => outcome.kind))).toEqual(new Set(['ok']))
  })

  test('lets requests wait when all connections are busy, and drops none', async () => {
    const endpoint = await serve(100)
    const attempts = await run({ pick: () => endpoint, connections: 1 }, 300)
    expect(attempts.length).toBeGreaterThan(20)
    const waits = attempts.map(({ dueAt, sentAt }) => sentAt - dueAt)
    expect(Math.max(...waits)).toBeGreaterThan(500)
  })

  test('gives up what is still in line when the time-out is over, and counts it as lost', async () => {
    const endpoint = await serve(400)
    const attempts = await run({ pick: () => endpoint, connections: 1, timeout: 0.5 }, 200)
    expect(attempts.length).toBeGreaterThan(15)
    expect(attempts.filter(({ outcome }) => outcome.kind === 'lost').length).toBeGreaterThan(10)
  })

  test('posts every second request when told where', async () => {
    const endpoint = await serve(0)
    const attempts = await run(
      { pick: () => endpoint, traffic: usualTraffic({ path: '/', post: '/up' }) },
      200,
    )
    const posts = attempts.filter(({ ask }) => ask.method === 'POST' && ask.path === '/up')
    expect(Math.abs(posts.length - attempts.length / 2)).toBeLessThanOrEqual(1)
  })

  test('sends refused requests again when asked to', async () => {
    const endpoint = await serve(0)
    let picks = 0
    const attempts = await run(
      { pick: () => (picks++ === 0 ? undefined : endpoint), rps: 0.1, retryRefused: true },
      100,
    )
    expect(attempts.map(({ outcome, again }) => [outcome.kind, again])).toEqual([
      ['refused', true],
      ['ok', false],
    ])
  })

  test('a request that is refused every time is lost in the end', async () => {
    const attempts = await run({ pick: () => undefined, rps: 0.1, retryRefused: true }, 50)
    expect(attempts).toHaveLength(5)
    expect(attempts.at(-1)).toMatchObject({ again: false, outcome: { kind: 'lost', cause: 'refused' } })
  })
})
