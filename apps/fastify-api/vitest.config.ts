import { defineConfig } from 'vitest/config'

export default defineConfig({ test: { name: 'fastify-api', include: ['test/**/*.test.ts'] } })
