import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { name: 'foreign-suites', include: ['test/**/*.test.ts'], testTimeout: 120_000 },
})
