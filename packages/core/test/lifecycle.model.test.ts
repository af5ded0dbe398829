import { env } from 'node:process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { wrongsInSpiteOfServers, wrongsOf } from './model/invariants.js'
import { type Scenario, scenario } from './model/scenario.js'
import { createWorld, type World } from './model/world.js'

/** `LAMEDUCK_MODEL_RUNS=100000 npx vitest run lifecycle.model` looks at more lives; LAMEDUCK_MODEL_SEED repeats them. */
const runs = Number(env['LAMEDUCK_MODEL_RUNS'] || (env['LAMEDUCK_TEST_MATRIX'] ? 10_000 : 3000))
const seed = env['LAMEDUCK_MODEL_SEED'] ? Number(env['LAMEDUCK_MODEL_SEED']) : undefined
const limit = 120_000 + runs * 20

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
