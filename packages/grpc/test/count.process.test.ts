import { setTimeout as sleep } from 'node:timers/promises'
import { type DelayedRelay, delayedRelay, quick } from '@lameduck/conformance'
import { expect, test } from 'vitest'
import { mixedCalls } from './mixed-calls.js'
import { startScenario } from './scenarios/start-scenario.js'
import { WorkClient } from './work-client.js'

/** `LAMEDUCK_TEST_CALLS=100000` for the figure in the documentation. */
const count = Number(process.env['LAMEDUCK_TEST_CALLS'] ?? 10_000)

test(`after ${count} calls that ended in every way the count is back at 0, and the drain waits for the last ones only`, {
  timeout: 180_000 + count * 3,
}, async () => {
  await using server = await startScenario('serve', { options: quick })
  let relay: DelayedRelay = await delayedRelay(server.port, 0)
  let client = new WorkClient(relay.port)

  // Connections are lost under whatever is in flight.
  let isOver = false
  const cutting = (async () => {
    while (!isOver) {
      await sleep(1000)
      const [lostRelay, lostClient] = [relay, client]
      relay = await delayedRelay(server.port, 0)
      client = new WorkClient(relay.port)
      await lostRelay[Symbol.asyncDispose]()
      lostClient[Symbol.dispose]()
    }
  })()
  await mixedCalls(() => client, count)
  isOver = true
  await cutting

  const last = mixedCalls(() => client, 500)
  await sleep(20)
  server.signal()
  const { code, report, ownMs } = await server.exited()
  expect({ code, clean: report.clean, cut: report.cut }).toEqual({ code: 0, clean: true, cut: [] })
  expect(report.requests.finished).toBeGreaterThan(100)
  expect(ownMs).toBeLessThan(6000)
  client[Symbol.dispose]()
  await relay[Symbol.asyncDispose]()
  await last
})
