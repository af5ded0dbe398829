import { defineConfig } from 'vitest/config'
import { shared } from '../../vitest.shared.js'

export default defineConfig({
  test: {
    ...shared,
    name: 'nestjs',
    // A Nest takes a second of processor time to start, so that more at once only wait for each other.
    maxConcurrency: 4,
  },
})
