import { describe, expect, test } from 'vitest'
import { UsageError } from '../src/errors.js'
import { findCommand } from '../src/find-command.js'

describe('findCommand', () => {
  test('looks a name up in PATH, and takes a path as it is', () => {
    expect(findCommand('sh', '/nowhere:/bin')).toBe('/bin/sh')
    expect(findCommand('/bin/sh', '')).toBe('/bin/sh')
  })

  test.each(['no-such-command', '/nowhere/service', '/tmp', '/etc/passwd', './src'])('refuses %s', (name) => {
    const refused = { code: 'COMMAND_UNUSABLE', option: 'command' }
    expect(() => findCommand(name, '/bin')).toThrow(expect.objectContaining(refused))
    expect(() => findCommand(name, '/bin')).toThrow(UsageError)
  })
})
