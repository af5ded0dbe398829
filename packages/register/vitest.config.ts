import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    name: 'register',
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // The cases mostly wait.
    maxConcurrency: 6,
  },
})
