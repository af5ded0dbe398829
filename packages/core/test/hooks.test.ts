import { describe, expect, test } from 'vitest'
import { createGate } from '../src/drain/gate.js'
import { type Hook, runHooks } from '../src/drain/hooks.js'
import type { HookOutcome } from '../src/drain/report.js'
import { createFakeClock } from '../src/testing/index.js'

function run(hooks: Hook[], deadline: number) {
  const clock = createFakeClock()
  const outcomes: HookOutcome[] = []
  const done = runHooks(clock, createGate(), hooks, {
    deadline: () => deadline,
    mayRun: () => true,
    finished: (outcome) => outcomes.push(outcome),
  })
  return { clock, outcomes, done }
}

const forever = () => new Promise(() => {})

describe('hooks', () => {
  test('run one after the other, in the given order', async () => {
    const order: string[] = []
    const { clock, done } = run(
      ['a', 'b', 'c'].map((name) => ({ name, fn: async () => void order.push(name) })),
      1000,
    )
    await clock.advance(0)
    await done
    expect(order).toEqual(['a', 'b', 'c'])
  })

  test('one that throws, one that rejects and one that hangs leave the others their turn', async () => {
    const { clock, outcomes, done } = run(
      [
        {
          name: 'throws',
          fn: () => {
            throw new Error('sync')
          },
        },
        { name: 'rejects', fn: () => Promise.reject(new Error('async')) },
        { name: 'hangs', fn: forever },
        { name: 'works', fn: () => {} },
      ],
      1000,
    )
    await clock.advance(1000)
    await done
    expect(outcomes.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['throws', 'failed'],
      ['rejects', 'failed'],
      ['hangs', 'timed-out'],
      ['works', 'done'],
    ])
  })

  test('hook i of n gets what is left ÷ (n − i)', async () => {
    const hooks = ['a', 'b', 'c'].map((name) => ({ name, fn: forever }))
    const { clock, outcomes, done } = run(hooks, 3000)
    await clock.advance(3000)
    await done
    expect(outcomes.map(({ duration }) => duration)).toEqual([1000, 1000, 1000])
  })

  test('a smaller timeout of its own leaves more to the others', async () => {
    const { clock, outcomes, done } = run(
      [
        { name: 'a', fn: forever, timeout: 100 },
        { name: 'b', fn: forever, timeout: 99_999 },
      ],
      3000,
    )
    await clock.advance(3000)
    await done
    expect(outcomes.map(({ duration }) => duration)).toEqual([100, 2900])
  })
})

test('one that is synchronous is done even without time left', async () => {
  const { clock, outcomes, done } = run([{ name: 'quick', fn: () => {} }], 0)
  await clock.advance(0)
  await done
  expect(outcomes).toMatchObject([{ outcome: 'done' }])
})

test('one that needs a few promises is done even without time left, one that hangs is not', async () => {
  const aFew = async () => {
    for (let i = 0; i < 10; i++) await undefined
  }
  const hooks = [
    { name: 'a few', fn: aFew },
    { name: 'hangs', fn: forever },
  ]
  const { clock, outcomes, done } = run(hooks, 0)
  await clock.advance(0)
  await done
  expect(outcomes).toMatchObject([{ outcome: 'done' }, { outcome: 'timed-out', duration: 0 }])
})
