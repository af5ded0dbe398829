import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    name: 'core',
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // The cases of the conformance suite mostly wait.
    maxConcurrency: 8,
    // What only runs in forked processes does not count: the behaviour of those is shown in this process as well.
    coverage: {
      provider: 'v8',
      include: ['src/**'],
      // Nothing but a process of its own can show these: its errors, output and channel, requests that break Node's objects.
      exclude: [
        'src/process/{uncaught,output,parent-channel,own-surroundings,this-process}.ts',
        'src/http/by-hand.ts',
        'src/lifecycle/aborts.ts',
        'src/servers/forgotten.ts',
      ],
      reporter: [['text', { skipFull: true }]],
      thresholds: { lines: 95, branches: 92 },
    },
  },
})
