import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    name: 'fastify',
    include: ['test/**/*.test.ts'],
    // The cases of the conformance suite mostly wait.
    maxConcurrency: 8,
  },
})
