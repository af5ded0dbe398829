import { defineConfig } from 'vitest/config'

export default defineConfig({ test: { name: 'express-api', include: ['test/**/*.test.ts'] } })
