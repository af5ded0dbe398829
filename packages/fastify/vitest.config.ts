import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    name: 'fastify',
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // The cases of the conformance suite mostly wait.
    maxConcurrency: 8,
  },
})
