import { availableParallelism } from 'node:os'

/**
 * What the tests of every package have in common. They mostly wait, for servers that drain: so several files run at a time
 * where there are but two processors as well.
 */
export const shared = {
  include: ['test/**/*.test.ts'],
  testTimeout: 120_000,
  hookTimeout: 120_000,
  maxWorkers: Math.max(2, availableParallelism() - 1),
}
