import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { UsageError } from '../src/errors.js'
import { defaults, optionFlag, type RehearseOptions, resolveOptions } from '../src/options.js'

const command = ['node', 'service.js']

describe('resolveOptions', () => {
  test('fills in the defaults, also for undefined', () => {
    expect(resolveOptions({ command })).toEqual({ ...defaults, command })
    expect(resolveOptions({ command, rps: undefined } as unknown as RehearseOptions).rps).toBe(defaults.rps)
  })

  test.each([
    [{ replicas: 0 }, '--replicas: expected a whole number from 1 to 100, got 0'],
    [{ replicas: 1.5 }, '--replicas: expected a whole number from 1 to 100, got 1.5'],
    [{ rps: Number.NaN }, '--rps: expected a number from 0.1 to 20000, got null'],
    [{ propagation: -1 }, '--propagation: expected a number of milliseconds from 0 to 600000, got -1'],
    [{ grace: 'soon' }, '--grace: expected a number of seconds from 1 to 86400, got "soon"'],
    [
      { ready: 'readyz' },
      '--ready: expected a path that begins with / and has no spaces, or grpc:<service>, got "readyz"',
    ],
    [{ post: '' }, '--post: expected a path'],
    [{ portEnv: 'A B' }, '--port-env: expected the name of an environment variable, got "A B"'],
    [{ lb: 'round' }, '--lb: expected service, nginx or haproxy, got "round"'],
    [{ retryRefused: 'yes' }, '--retry-refused: expected true or false, got "yes"'],
    [{ grace: 10, preStop: 10 }, '--pre-stop: expected less than --grace, got 10 with --grace 10: 10 - 10'],
    [{ replica: 3 }, 'replica: there is no such option'],
    [{ command: [] }, 'no command'],
    [{ command: 'node x' }, 'no command'],
  ])('refuses %j', (wrong, message) => {
    const call = () => resolveOptions({ command, ...wrong } as unknown as RehearseOptions)
    expect(call).toThrow(UsageError)
    expect(call).toThrow(message)
  })
})

describe('what is written about the options', () => {
  const source = readFileSync(new URL('../src/options.ts', import.meta.url), 'utf8')
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const withDefault = Object.entries(defaults).filter(([, value]) => value !== undefined)

  test.each(withDefault)('%s: the @default is the default', (name, value) => {
    const doc = source.match(new RegExp(`@default (\\S+)\\n\\s+\\*/\\n\\s+${name}\\?:`))
    expect(doc?.[1]).toBe(typeof value === 'string' ? `'${value}'` : String(value))
  })

  test.each(Object.entries(defaults))('%s: the README has it', (name, value) => {
    const row = readme.split('\n').find((line) => new RegExp(`^\\| \`${optionFlag(name)}[ \`]`).test(line))
    expect(row).toBeDefined()
    if (typeof value === 'number' || typeof value === 'string')
      expect(row?.split('|')[2]?.trim()).toBe(`\`${value}\``)
  })
})
