import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { name: 'conformance', testTimeout: 20_000, include: ['test/**/*.test.ts'] },
})
