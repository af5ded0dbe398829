import { setTimeout as sleep } from 'node:timers/promises'
import { type DelayedRelay, delayedRelay, type ForkedServer, quick } from '@lameduck/conformance'
import { expect, test } from 'vitest'
import { startScenario } from './scenarios/start-scenario.js'
import { steadyLoad } from './steady-load.js'
import { WorkClient } from './work-client.js'

/** How often each load is drained under. `LAMEDUCK_TEST_DRAINS=20` for the figure in the documentation. */
const drains = Number(process.env['LAMEDUCK_TEST_DRAINS'] ?? 3)
const roundTrip = 4
/** Milliseconds that a balancer needs to hear of a replica's readiness. */
const propagation = 150
const options = quick

test('C5: 60 callers through a wire of 4 ms lose no call, however often the server behind it is replaced', {
  timeout: 180_000 + drains * 5000,
}, async () => {
  let server = await startScenario('serve', { options })
  let target = server.port
  await using relay = await delayedRelay(() => target, roundTrip / 2)
  const clients = Array.from({ length: 6 }, () => new WorkClient(relay.port))
  const load = steadyLoad(clients, 10)
  for (let i = 0; i < drains; i++) {
    await sleep(300)
    await using leaving = server
    server = await startScenario('serve', { options })
    leaving.signal()
    await sleep(propagation)
    target = server.port
    expect(await leaving.exited()).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
  }
  await sleep(300)
  const { calls, failures } = await load.stop()
  await server[Symbol.asyncDispose]()
  for (const client of clients) client[Symbol.dispose]()
  expect({ failures, calls: calls > 200 * drains }).toEqual({ failures: [], calls: true })
})

test('C5: round robin over three replicas that are replaced one by one loses no call, and who watches is told each time', {
  timeout: 180_000 + drains * 5000,
}, async () => {
  const servers: ForkedServer[] = []
  const relays: DelayedRelay[] = []
  for (let i = 0; i < 3; i++) {
    servers[i] = await startScenario('serve', { options })
    relays[i] = await delayedRelay(() => (servers[i] as ForkedServer).port, roundTrip / 2)
  }
  const target = `ipv4:${relays.map(({ port }) => `127.0.0.1:${port}`).join(',')}`
  const service = JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] })
  using client = new WorkClient(target, {
    options: { 'grpc.service_config': service, 'grpc.max_reconnect_backoff_ms': 500 },
  })
  const load = steadyLoad([client], 60)
  for (let i = 0; i < drains; i++) {
    const at = i % 3
    const leaving = servers[at] as ForkedServer
    using watcher = new WorkClient((relays[at] as DelayedRelay).port)
    const watch = watcher.watch('test.Work')
    await watch.atLeast(1)
    leaving.signal()
    await watch.status
    expect(watch.messages).toEqual([{ status: 'SERVING' }, { status: 'NOT_SERVING' }])
    expect(await leaving.exited()).toMatchObject({ code: 0, report: { clean: true, cut: [] } })
    servers[at] = await startScenario('serve', { options })
    await sleep(800)
  }
  const { calls, failures } = await load.stop()
  for (const each of [...servers, ...relays]) await each[Symbol.asyncDispose]()
  expect({ failures, calls: calls > 200 * drains }).toEqual({ failures: [], calls: true })
})
