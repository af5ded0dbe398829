import { defineConfig } from 'vitest/config'
import { shared } from '../../vitest.shared.js'

export default defineConfig({
  test: { ...shared, name: 'fuzz', testTimeout: 300_000, hookTimeout: 300_000 },
})
