import { defineConfig } from 'vitest/config'

export default defineConfig({ test: { name: 'nestjs-api', include: ['test/**/*.test.ts'] } })
