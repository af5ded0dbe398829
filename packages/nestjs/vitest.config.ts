import { defineConfig } from 'vitest/config'
import { shared } from '../../vitest.shared.js'

export default defineConfig({
  test: {
    ...shared,
    name: 'nestjs',
    // The cases of the conformance suite mostly wait.
    maxConcurrency: 8,
  },
})
