import { expect, test } from 'vitest'
import { watchTraffic } from '../src/drain/traffic.js'
import { anchor, makePlan } from '../src/options/plan.js'
import { resolveSettings } from '../src/options/settings.js'
import { createFakeClock } from '../src/testing/index.js'

const surroundings = { env: {}, isTerminal: false, isContainer: false }

/** Traffic from a trigger on at which as many connections were kept alive: 10 requests a second, on Kubernetes. */
function trafficOf(kept: number, options: { linger?: number } = {}) {
  const clock = createFakeClock()
  const servers = { rate: () => 10, kept }
  const settings = resolveSettings({ platform: 'kubernetes', ...options }, surroundings)
  const plan = anchor(makePlan(settings, { hasHooks: true, window: true, linger: true }), clock.now())
  const traffic = watchTraffic(clock, servers, () => plan)
  traffic.begin()
  const since = (point: number) => point - plan.at.trigger
  return {
    clock,
    servers,
    arrived: traffic.arrived,
    windowEnd: () => since(traffic.windowEnd()),
    newcomersEnd: (began: number) => since(traffic.newcomersEnd(plan.at.trigger + began)),
  }
}

test('where nobody was connected, every request is expected on a connection of its own', async () => {
  const traffic = trafficOf(0)
  expect(traffic.windowEnd()).toBe(5000)
  await traffic.clock.advance(4500)
  traffic.arrived()
  expect(traffic.windowEnd()).toBe(7500)
})

test('where connections are kept alive, new ones are expected of those that have gone', async () => {
  const traffic = trafficOf(16)
  // All of them are still there: it cannot be told who else would connect.
  expect(traffic.windowEnd()).toBe(10_000)
  traffic.servers.kept = 14
  expect(traffic.windowEnd()).toBe(6400)
  traffic.servers.kept = 8
  expect(traffic.windowEnd()).toBe(5000)
})

test('newcomers after the window keep the listener open until it is quiet, if idle connections linger', async () => {
  const [lingers, leaves] = [trafficOf(0), trafficOf(0, { linger: 0 })]
  for (const each of [lingers, leaves]) {
    await each.clock.advance(8000)
    each.arrived()
  }
  expect(lingers.newcomersEnd(7500)).toBe(11_000)
  expect(lingers.newcomersEnd(8500)).toBe(8500)
  expect(leaves.newcomersEnd(7500)).toBe(7500)
})
