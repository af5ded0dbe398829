import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { shared } from '../../vitest.shared.js'
import { hide } from './test/hide-node-fields.mjs'

/** `LAMEDUCK_TEST_HIDDEN=yes`: the suite as it is where nothing of Node can be asked that is not public. */
const isHidden = process.env['LAMEDUCK_TEST_HIDDEN'] !== undefined
const preload = fileURLToPath(new URL('test/hide-node-fields.mjs', import.meta.url))
if (isHidden) process.env['LAMEDUCK_TEST_PRELOAD'] = preload

export default defineConfig({
  plugins: isHidden
    ? [
        {
          name: 'hide-node-fields',
          transform: (code: string, id: string) => (id.endsWith('/node-fields.ts') ? hide(code) : undefined),
        },
      ]
    : [],
  test: {
    ...shared,
    name: 'core',
    // The cases of the conformance suite mostly wait.
    maxConcurrency: 8,
    // What only runs in forked processes does not count: the behaviour of those is shown in this process as well.
    coverage: {
      provider: 'v8',
      include: ['src/**'],
      reporter: [['text', { skipFull: true }]],
      thresholds: { lines: 95, branches: 95 },
    },
  },
})
