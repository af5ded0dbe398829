import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    name: 'loading',
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/consumer/set-up.ts',
    testTimeout: 60_000,
  },
})
