import { defineConfig } from 'vitest/config'

/** What a mutant has to get past: the unit tests and a short look at the model; nothing that takes real time. */
export default defineConfig({
  test: {
    name: 'core mutation',
    include: ['test/**/*.test.ts'],
    exclude: [
      'test/{conformance-*,behind-balancers}.test.ts',
      'test/**/*.{process,sockets}.test.ts',
      'test/window.simulation.test.ts',
    ],
    env: { LAMEDUCK_MODEL_RUNS: '1500', LAMEDUCK_MODEL_SEED: '1' },
  },
})
