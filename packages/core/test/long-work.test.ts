import { expect, test } from 'vitest'
import { createGate } from '../src/drain/gate.js'
import { endLongWork } from '../src/drain/long-work.js'
import type { HookOutcome } from '../src/drain/report.js'
import { createFakeClock } from '../src/testing/index.js'

function bench(fns: (() => unknown)[]) {
  const clock = createFakeClock()
  const outcomes: HookOutcome[] = []
  let isAlone = false
  const enders = fns.map((fn, i) => ({ name: `ender ${i}`, fn }))
  const stop = endLongWork(clock, createGate(), {
    enders,
    isAlone: () => isAlone,
    cutoff: () => 10_000,
    finished: (outcome) => outcomes.push(outcome),
  })
  return {
    clock,
    outcomes,
    stop,
    beAlone() {
      isAlone = true
    },
  }
}

test('long work is ended once nothing else is left, in turn, and each ender once', async () => {
  const called: number[] = []
  const { clock, outcomes, beAlone } = bench([() => called.push(0), () => Promise.reject(new Error('no'))])
  await clock.advance(1000)
  expect(called).toEqual([])
  beAlone()
  await clock.advance(200)
  expect(called).toEqual([0])
  expect(outcomes.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
    'ender 0 done',
    'ender 1 failed',
  ])
  await clock.advance(1000)
  expect(called).toEqual([0])
})

test('long work is waited for until the cutoff, and nothing begins once the drain is over', async () => {
  const hanging = bench([() => new Promise(() => {}), () => {}])
  hanging.beAlone()
  await hanging.clock.advance(10_000)
  expect(hanging.outcomes[0]).toMatchObject({ outcome: 'timed-out' })
  const called: number[] = []
  const over = bench([() => called.push(0)])
  over.stop()
  over.beAlone()
  await over.clock.advance(1000)
  expect(called).toEqual([])
})
