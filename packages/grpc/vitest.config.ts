import { defineConfig } from 'vitest/config'

export default defineConfig({ test: { name: 'grpc', include: ['test/**/*.test.ts'] } })
