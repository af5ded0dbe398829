import { expect, test, vi } from 'vitest'
import { systemClock } from '../src/clock.js'
import { createCoarseClock } from '../src/coarse-clock.js'
import { createFakeClock } from '../src/testing/index.js'

test('a timer never fires early, although those of Node do', () => {
  let now = 0
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const reading = vi.spyOn(performance, 'now').mockImplementation(() => now)
  const calls: number[] = []
  systemClock.after(10, () => calls.push(now))
  now = 9.7
  vi.advanceTimersByTime(10)
  expect(calls).toEqual([])
  now = 10.7
  vi.advanceTimersByTime(1)
  expect(calls).toEqual([10.7])
  reading.mockRestore()
  vi.useRealTimers()
})

test('a timer may be longer than the 2^31 ms of Node, and may be cancelled', () => {
  let now = 0
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const reading = vi.spyOn(performance, 'now').mockImplementation(() => now)
  let count = 0
  systemClock.after(2 ** 31, () => count++)
  const cancel = systemClock.after(2 ** 31, () => (count += 10))
  cancel()
  for (const elapsed of [2 ** 31 - 1, 1]) {
    now += elapsed
    vi.advanceTimersByTime(elapsed)
  }
  expect(count).toBe(1)
  reading.mockRestore()
  vi.useRealTimers()
})

test('what can wait does not hold the process, and what is cancelled does not come', async () => {
  const seen: string[] = []
  systemClock.later(1000, () => seen.push('later'))()
  systemClock.nextTurn(() => seen.push('cancelled'))()
  await new Promise<void>((resolve) => systemClock.nextTurn(resolve))
  await new Promise<void>((resolve) => void systemClock.after(0, resolve))
  expect(seen).toEqual([])
  expect(Math.abs(systemClock.now() - (performance.timeOrigin + performance.now()))).toBeLessThan(1000)
})

test('a coarse clock is read again when its reading is old', async () => {
  const clock = createFakeClock(1000)
  const now = createCoarseClock(clock)
  expect(now()).toBe(1000)
  await clock.advance(99)
  expect(now()).toBe(1000)
  await clock.advance(1)
  expect(now()).toBe(1100)
})
