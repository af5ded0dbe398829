import { defineConfig } from 'vitest/config'
import { shared } from '../../vitest.shared.js'

export default defineConfig({
  test: {
    ...shared,
    name: 'conformance',
    // Two cases fail by waiting in vain.
    env: { LAMEDUCK_TEST_PATIENCE: '20000' },
  },
})
