import { defineConfig } from 'vitest/config'
import { shared } from '../../vitest.shared.js'

export default defineConfig({
  test: {
    ...shared,
    name: 'core',
    // The cases of the conformance suite mostly wait.
    maxConcurrency: 8,
    // What only runs in forked processes does not count: the behaviour of those is shown in this process as well.
    coverage: {
      provider: 'v8',
      include: ['src/**'],
      reporter: [['text', { skipFull: true }]],
      thresholds: { lines: 95, branches: 95 },
    },
  },
})
