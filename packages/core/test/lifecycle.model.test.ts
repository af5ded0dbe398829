import { env } from 'node:process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { wrongsInSpiteOfServers, wrongsOf } from './model/invariants.js'
import { type Scenario, scenario } from './model/scenario.js'
import { createWorld, type World } from './model/world.js'

/**
 * The same lives every time. `LAMEDUCK_MODEL_RUNS=100000 npx vitest run lifecycle.model` looks at others, as many;
 * LAMEDUCK_MODEL_SEED repeats them.
 */
const { LAMEDUCK_MODEL_RUNS, LAMEDUCK_MODEL_SEED } = env
const runs = Number(LAMEDUCK_MODEL_RUNS || 10_000)
const seedOf = (given = '') => (given === '' ? undefined : Number(given))
const seed = LAMEDUCK_MODEL_RUNS ? seedOf(LAMEDUCK_MODEL_SEED) : (seedOf(LAMEDUCK_MODEL_SEED) ?? 1)
const limit = 60_000 + runs * 20

const whateverHappens = (
  lives: fc.Arbitrary<Scenario>,
  wrongs: (world: World) => string[],
  numRuns: number,
) =>
  fc.assert(
    fc.asyncProperty(lives, async (life) => {
      const world = createWorld()
      await world.run(life)
      expect(wrongs(world)).toEqual([])
    }),
    // A seed is for whoever wants to know whether, not why: the first failure will do.
    { numRuns, ...(seed === undefined ? {} : { seed, endOnFailure: true }) },
  )

test(
  'no request is lost and every end is in time, whatever happens when',
  () => whateverHappens(scenario(), wrongsOf, runs),
  limit,
)

test(
  'a server that does not do what it promises keeps nobody from stopping',
  () =>
    whateverHappens(
      scenario(fc.constantFrom('kept', 'never kept', 'rejected')),
      wrongsInSpiteOfServers,
      Math.ceil(runs / 10),
    ),
  limit,
)
