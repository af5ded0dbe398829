import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { UsageError } from '../src/errors.js'
import { optionFlag } from '../src/option-flag.js'
import { defaults, type RehearseOptions, resolveOptions } from '../src/options.js'

const command = ['node', 'service.js']

describe('resolveOptions', () => {
  test('fills in the defaults, also for undefined', () => {
    expect(resolveOptions({ command })).toEqual({ ...defaults, command })
    expect(resolveOptions({ command, rps: undefined } as unknown as RehearseOptions).rps).toBe(defaults.rps)
  })

  /** What is wrong, the option that it is about, and what is said in code. */
  const refusals: readonly (readonly [wrong: object, option: string, message: string])[] = [
    [{ replicas: 0 }, 'replicas', 'expected a whole number from 1 to 100, got 0'],
    [{ replicas: 1.5 }, 'replicas', 'expected a whole number from 1 to 100, got 1.5'],
    [{ rollouts: -1 }, 'rollouts', 'expected a whole number from 1 to 1000, got -1'],
    [{ rps: Number.NaN }, 'rps', 'expected a number from 0.1 to 20000, got NaN'],
    [{ connections: '20' }, 'connections', 'expected a whole number from 1 to 5000, got "20"'],
    [{ lb: 'round' }, 'lb', 'expected service, nginx or haproxy, got "round"'],
    [{ propagation: -1 }, 'propagation', 'expected a number of milliseconds from 0 to 600000, got -1'],
    [{ grace: 'soon' }, 'grace', 'expected a number of seconds from 1 to 86400, got "soon"'],
    [{ preStop: null }, 'preStop', 'expected a number of seconds from 0 to 86400, got null'],
    [
      { ready: 'readyz' },
      'ready',
      'expected a path that begins with / and has no spaces, or grpc:<service>, got "readyz"',
    ],
    [
      { live: false },
      'live',
      'expected a path that begins with / and has no spaces, or grpc:<service>, got false',
    ],
    [{ probePeriod: 0 }, 'probePeriod', 'expected a number of seconds from 0.05 to 3600, got 0'],
    [{ failureThreshold: 0 }, 'failureThreshold', 'expected a whole number from 1 to 1000, got 0'],
    [
      { readyTimeout: Number.POSITIVE_INFINITY },
      'readyTimeout',
      'expected a number of seconds from 0.1 to 86400, got Infinity',
    ],
    [{ portEnv: 'A B' }, 'portEnv', 'expected the name of an environment variable, got "A B"'],
    [{ path: 'a' }, 'path', 'expected a path that begins with / and has no spaces, got "a"'],
    [{ post: '' }, 'post', 'expected a path that begins with / and has no spaces, got ""'],
    [{ expect: 7n }, 'expect', 'expected a text that is not empty, got a bigint'],
    [{ mix: '' }, 'mix', 'expected the path of a file, got ""'],
    [
      { mix: 'a.yaml', post: '/x' },
      'post',
      'expected it not to be given, since a.yaml says what is asked, got "/x"',
    ],
    [{ timeout: 0 }, 'timeout', 'expected a number of seconds from 0.1 to 3600, got 0'],
    [{ retryRefused: 'yes' }, 'retryRefused', 'expected true or false, got "yes"'],
  ]
  const caught = (call: () => unknown): UsageError => {
    try {
      call()
    } catch (error) {
      return error as UsageError
    }
    throw new Error('expected an error')
  }
  const refuse = (wrong: object) => caught(() => resolveOptions({ command, ...wrong } as RehearseOptions))

  test.each(refusals)(
    'refuses %o by the name that it has in code, and on the command line',
    (wrong, option, message) => {
      const error = refuse(wrong)
      expect(error).toBeInstanceOf(UsageError)
      expect(error).toMatchObject({ code: 'OPTION_INVALID', option, message: `${option}: ${message}` })
      expect(error.onCommandLine).toBe(`${optionFlag(option)}: ${message}`)
    },
  )

  test('refuses something for every option that there is', () => {
    expect(new Set(refusals.map(([, option]) => option))).toEqual(new Set(Object.keys(defaults)))
  })

  test('names both options where one does not fit the other', () => {
    const error = refuse({ grace: 10, preStop: 10 })
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'preStop' })
    const why = '10 - 10 leaves the service no time after SIGTERM'
    expect(error.message).toBe(`preStop: expected less than grace, got 10 with grace 10: ${why}`)
    expect(error.onCommandLine).toBe(`--pre-stop: expected less than --grace, got 10 with --grace 10: ${why}`)
  })

  test('refuses an option that there is not', () => {
    expect(refuse({ count: -1 })).toMatchObject({
      code: 'OPTION_UNKNOWN',
      option: 'count',
      message: expect.stringMatching(
        /^count: expected one of the options command, replicas, .*, got another name$/,
      ),
    })
  })

  test.each([[[]], ['node x'], [undefined], [['node', 7]]])('refuses the command %j', (wrong) => {
    expect(refuse({ command: wrong })).toMatchObject({
      code: 'COMMAND_UNUSABLE',
      option: 'command',
      message: expect.stringMatching(/^command: expected a program and its arguments, .*, got /),
    })
  })

  test.each([undefined, null, 'node x'])('refuses %j as options', (wrong) => {
    expect(caught(() => resolveOptions(wrong as never))).toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringMatching(/^options: expected an object, .*, got /),
    })
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
