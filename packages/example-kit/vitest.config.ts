import { defineConfig } from 'vitest/config'

export default defineConfig({ test: { name: 'example-kit', include: ['test/**/*.test.ts'] } })
