import { expect, test } from 'vitest'
import { joinLifecycle } from '../src/adapters/join-lifecycle.js'
import { createTestBench } from '../src/testing/index.js'

const setUp = () => {
  const bench = createTestBench()
  const lifecycle = bench.createLifecycle({ shutdownDelay: 0, linger: 0 })
  return { ...bench, lifecycle, health: joinLifecycle({ lifecycle }).health }
}

test('says what the probes say, in every state', async () => {
  const { lifecycle, health } = setUp()
  const colours = () => (['livez', 'readyz', 'startupz'] as const).map(health.ask)
  expect(colours()).toEqual([true, false, false])
  await lifecycle.ready()
  expect(colours()).toEqual([true, true, true])
  const stopped = lifecycle.stop()
  expect(colours()).toEqual([true, false, true])
  await stopped
  expect(colours()).toEqual([true, false, true])
})

test('readiness includes the checks; the other probes do not wait for them', async () => {
  const { lifecycle, health } = setUp()
  lifecycle.check('db', () => false)
  await lifecycle.ready()
  expect(await health.ask('readyz')).toBe(false)
  expect([health.ask('livez'), health.ask('startupz')]).toEqual([true, true])
})

test('tells who watches of every turn, until they have enough', async () => {
  const { lifecycle, health } = setUp()
  const told: string[] = []
  const stop = health.watch(() => told.push(`first ${lifecycle.state}`))
  health.watch(() => told.push(`second ${lifecycle.state}`))
  await lifecycle.ready()
  expect(told).toEqual(['first ready', 'second ready'])
  stop()
  stop()
  await lifecycle.stop()
  expect(told.slice(2)).toEqual(['second draining', 'second draining'])
})

test('checks run every five seconds while anybody watches, and not otherwise', async () => {
  const { lifecycle, health, clock } = setUp()
  let runs = 0
  let isWell = true
  lifecycle.check('db', () => {
    runs++
    return isWell
  })
  await lifecycle.ready()
  await clock.advance(20_000)
  expect(runs).toBe(0)

  const told: (boolean | Promise<boolean>)[] = []
  const stops = [health.watch(() => told.push(health.ask('readyz'))), health.watch(() => {})]
  await clock.advance(10_000)
  expect(runs).toBe(2)
  expect(told).toEqual([])
  isWell = false
  await clock.advance(5000)
  expect(await Promise.all(told)).toEqual([false])
  for (const stop of stops) stop()
  await clock.advance(20_000)
  expect(runs).toBe(3)
})
