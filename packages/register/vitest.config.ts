import { defineConfig } from 'vitest/config'
import { shared } from '../../vitest.shared.js'

export default defineConfig({
  test: {
    ...shared,
    name: 'register',
    // The cases mostly wait.
    maxConcurrency: 6,
  },
})
