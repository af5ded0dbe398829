import { brief, quick } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { startScenario } from './scenarios/start-scenario.js'

const requests = 40_000
/** A little more than a megabyte. */
const flood = `GET / HTTP/1.1\r\nHost: a\r\n\r\n`.repeat(requests)

const long = { ...quick, gracePeriod: 120_000, shutdownDelay: 60_000 }

/** CPU milliseconds from the first request of a flood until its client is forgotten, after a reset. */
async function costOf(phase: 'plain' | 'ready' | 'draining'): Promise<number> {
  const env: Record<string, string> = phase === 'plain' ? { LAMEDUCK_TEST_PLAIN: '1' } : {}
  await using server = await startScenario('flood', { env, options: long })
  const client = await server.connect()
  if (phase === 'draining') {
    server.signal()
    await server.draining()
  }
  void client.send(flood)
  await server.line('asked', 60_000)
  client.reset()
  return (await server.line('cost', 120_000))['cost'] as number
}

describe('40 000 requests in one megabyte, and a reset', () => {
  test('cost about what they cost without lameduck', { timeout: 300_000 }, async () => {
    const plain = await costOf('plain')
    const ready = await costOf('ready')
    const draining = await costOf('draining')
    console.info(`CPU: ${plain} ms without, ${ready} ms before a drain, ${draining} ms while draining`)
    expect(Math.max(ready, draining)).toBeLessThan(4 * plain)
  })

  test('are counted, and few of them listed, if they are cut', { timeout: 120_000 }, async () => {
    await using server = await startScenario('flood', { options: brief })
    const client = await server.connect()
    const path = `/${'p'.repeat(4000)}`
    void client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`.repeat(100) + flood)
    await server.line('asked', 60_000)
    server.signal()
    const { report, stdout } = await server.exited(60_000)
    expect(report.requests.cut).toBeGreaterThanOrEqual(requests)
    expect(report.cut.length + report.unlisted).toBe(report.requests.cut)
    expect(report.cut.length).toBe(100)
    expect(Buffer.byteLength(stdout)).toBeLessThan(64 * 1024)
  })
})
