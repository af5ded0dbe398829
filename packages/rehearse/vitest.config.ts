import { defineConfig } from 'vitest/config'

export default defineConfig({ test: { name: 'rehearse', include: ['test/**/*.test.ts'] } })
