import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    name: 'loading',
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    globalSetup: 'test/consumer/set-up.ts',
  },
})
