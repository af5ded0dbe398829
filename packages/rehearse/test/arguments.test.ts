import { describe, expect, test } from 'vitest'
import { parseArguments } from '../src/arguments.js'

const parse = (...argv: string[]) => parseArguments(argv)

describe('parseArguments', () => {
  test('reads numbers, texts and the command with its own options', () => {
    const argv = [
      '--replicas',
      '2',
      '--pre-stop',
      '1.5',
      '--ready',
      '/r',
      '--json',
      'x.json',
      '--retry-refused',
    ]
    expect(parse(...argv, '--', 'node', 's.js', '--rps', '1')).toEqual({
      options: {
        command: ['node', 's.js', '--rps', '1'],
        replicas: 2,
        preStop: 1.5,
        ready: '/r',
        retryRefused: true,
      },
      json: 'x.json',
    })
  })

  test('leaves what is not a number as it is, for the message', () => {
    for (const text of ['abc', '0x10', '', '5s', 'Infinity']) {
      expect(parse('--rps', text, '--', 'x')?.options.rps).toBe(text)
    }
  })

  test.each([
    [['--report', 'r.html', '--', 'x'], '--report: not yet'],
    [['--nope', '--', 'x'], "unknown option '--nope'"],
    [['--json'], 'argument missing'],
  ])('refuses %j', (argv, message) => {
    expect(() => parse(...argv)).toThrow(message)
  })
})
