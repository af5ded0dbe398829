import { describe, expect, test } from 'vitest'
import { inFreshTurns } from '../src/http/fresh-turns.js'

/** A clock that work moves, and each turn of the event loop by `turn` milliseconds. */
function bench(turn: (number: number) => number) {
  let now = 1000
  let turns = 0
  const clock = {
    now: () => now,
    after: () => () => {},
    later: () => () => {},
    nextTurn(fn: () => void) {
      queueMicrotask(() => {
        now += turn(turns++)
        fn()
      })
      return () => {}
    },
  }
  return {
    clock,
    turns: () => turns,
    passes(time: number) {
      now += time
    },
  }
}

/** In which turn each of `count` items has been worked on, 0.03125 ms each. */
async function turnsOf(
  count: number,
  turn: (number: number) => number,
  rest?: () => Promise<void> | undefined,
) {
  const { clock, turns, passes } = bench(turn)
  const had: number[] = []
  const work = () => {
    had.push(turns())
    passes(0.03125)
  }
  await inFreshTurns(clock, Array.from({ length: count }), { work, ...(rest && { rest }) })
  return had
}

describe('what must not be done to a connection on which something has arrived unread', () => {
  test('has a turn for each while the event loop is busy', async () => {
    expect(await turnsOf(5, () => 1)).toEqual([1, 2, 3, 4, 5])
  })

  test('has a turn for as many as fit into 0.1 ms, if it and the one before were nothing but that', async () => {
    expect(await turnsOf(9, () => 0.02)).toEqual([1, 2, 2, 2, 2, 3, 3, 3, 3])
  })

  test('trusts no turn after a rest', async () => {
    let left = 3
    const rest = () => (--left === 0 ? Promise.resolve() : undefined)
    expect(await turnsOf(9, () => 0.02, rest)).toEqual([1, 2, 2, 2, 2, 3, 4, 4, 4])
  })

  test('has others beside it after 300 ms, so that thousands are over after 700', async () => {
    const had = await turnsOf(1000, () => 10)
    const inTurn = (number: number) => had.filter((each) => each === number).length
    expect([1, 2, 28, 29].map(inTurn)).toEqual([1, 1, 1, 1])
    expect(inTurn(40)).toBeGreaterThan(20)
    expect(inTurn(40)).toBeLessThan(30)
    expect(had.at(-1)).toBeGreaterThan(60)
    expect(had.at(-1)).toBeLessThan(70)
  })

  test('never takes more than 3 ms of a turn', async () => {
    const had = await turnsOf(20_000, () => 10)
    expect(had.filter((each) => each === 40).length).toBe(96)
  })

  test('is not for those that have gone meanwhile, who take no turn', async () => {
    const gone = new Set<number>()
    const { clock, turns } = bench(() => 1)
    await inFreshTurns(clock, [0, 1, 2, 3, 4, 5], {
      is: (item) => !gone.has(item),
      work: (item) => gone.add(item + 1),
    })
    expect(turns()).toBe(3)
  })

  test('is not for one that is busy when its turn has come', async () => {
    const { clock, turns } = bench(() => 1)
    const closed: number[] = []
    await inFreshTurns(clock, [0, 1, 2], {
      is: (item) => item !== 1 || turns() < 2,
      work: (item) => closed.push(item),
    })
    expect(closed).toEqual([0, 2])
  })
})
