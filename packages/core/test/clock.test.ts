import { expect, test } from 'vitest'
import { createSystemClock, systemClock, type TimeFunctions } from '../src/clock.js'
import { createCoarseClock } from '../src/coarse-clock.js'
import { createFakeClock } from '../src/testing/index.js'

/** Node's timers, moved by hand, and a reading of its monotonic clock. */
function handMoved() {
  const timers = new Map<number, { at: number; fn: () => void }>()
  let time = 0
  let names = 0
  const set = (fn: () => void, delay: number) => {
    timers.set(++names, { at: time + delay, fn })
    return names
  }
  const clear = (name: number) => void timers.delete(name)
  const functions = {
    setTimeout: set,
    clearTimeout: clear,
    setImmediate: (fn: () => void) => set(fn, 0),
    clearImmediate: clear,
    elapsed: () => reading.now,
  } as unknown as TimeFunctions
  const reading = { now: 0 }
  const advance = (ms: number) => {
    time += ms
    for (const [name, { at, fn }] of [...timers]) {
      if (at <= time && timers.delete(name)) fn()
    }
  }
  return { clock: createSystemClock(functions), reading, advance }
}

test('a timer never fires early, although those of Node do', () => {
  const { clock, reading, advance } = handMoved()
  const calls: number[] = []
  clock.after(10, () => calls.push(reading.now))
  reading.now = 9.7
  advance(10)
  expect(calls).toEqual([])
  reading.now = 10.7
  advance(1)
  expect(calls).toEqual([10.7])
})

test('a timer may be longer than the 2^31 ms of Node, and may be cancelled', () => {
  const { clock, reading, advance } = handMoved()
  let count = 0
  clock.after(2 ** 31, () => count++)
  const cancel = clock.after(2 ** 31, () => (count += 10))
  cancel()
  for (const elapsed of [2 ** 31 - 1, 1]) {
    reading.now += elapsed
    advance(elapsed)
  }
  expect(count).toBe(1)
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
