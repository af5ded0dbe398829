import { expect, test } from 'vitest'
import { isWatched } from '../src/process/watchers.js'

const above = (...lines: string[]) =>
  lines.map((line, i) => ({ pid: i + 2, commandLine: line.split(' '), readFile: () => '' }))

test.each([
  'node /app/node_modules/.bin/nodemon main.js',
  'node /app/node_modules/nodemon/bin/nodemon.js --signal SIGTERM main.js',
  'node --watch main.js',
  'node --watch-path=src main.js',
  'node /app/node_modules/tsx/dist/cli.mjs watch main.ts',
  'node /app/node_modules/.bin/nest start --watch',
  'node /app/node_modules/.bin/ts-node-dev main.ts',
  'watchexec -r node main.js',
])('below `%s` a process is watched, however far above', (line) => {
  expect(isWatched(above(line))).toBe(true)
  expect(isWatched(above('sh -c node main.js', line, 'init'))).toBe(true)
})

test.each(['node main.js', 'node watchdog.js --watchdog', 'sh -c node main.js', 'tini -- node main.js'])(
  'below `%s` it is not',
  (line) => {
    expect(isWatched(above(line))).toBe(false)
  },
)
