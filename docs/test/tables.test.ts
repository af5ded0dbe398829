import { errorCodes } from '@lameduck/core'
import { describe, expect, test } from 'vitest'
import { optionNames, optionRules } from '../../packages/core/src/options/option-rules.js'
import { optionDefaults } from '../../packages/core/src/options/options.js'
import { presets } from '../../packages/core/src/options/platform.js'
import { resolveSettings } from '../../packages/core/src/options/settings.js'
import { probeDefaults, probeTable } from '../../packages/core/src/probes/probes.js'
import { nameOf, readEnvironment, variables } from '../../packages/register/src/variables.js'
import { read, table } from './markdown.js'

const code = (cell: string | undefined) => cell?.replaceAll('`', '')
const inspect = (value: unknown) => JSON.stringify(value).replaceAll('"', "'").replaceAll(',', ', ')

describe('docs/options.md', () => {
  const options = table(read('docs/options.md'), 'option')

  test('has every option once, in order', () => {
    expect(options.map(([name]) => code(name))).toEqual(optionNames)
  })

  test('has the defaults of the code', () => {
    const written = Object.fromEntries(options.map(([name, value]) => [code(name), code(value)]))
    for (const [name, value] of Object.entries(optionDefaults)) expect(written[name]).toBe(inspect(value))
    const paths = Object.entries(probeDefaults).map(([name, path]) => `${name}: '${path}'`)
    expect(written['probes']).toBe(`{ ${paths.join(', ')} }`)
  })

  test("agrees with the @default of each option's own comment", () => {
    const source = read('packages/core/src/options/options.ts')
    const commented = [...source.matchAll(/@default (.*)\n(?:.*\n)*? {3}\*\/\n {2}(\w+)\?/g)]
    const written = Object.fromEntries(options.map(([name, value]) => [code(name), code(value)]))
    const byComment = Object.fromEntries(commented.map(([, value, name]) => [name, value]))
    expect(Object.keys(byComment)).toEqual(optionNames)
    for (const name of Object.keys(optionDefaults)) expect(byComment[name]).toBe(written[name])
  })

  test('has the presets of the code', () => {
    const rows = table(read('docs/options.md'), 'platform')
    const span = (window: number | { min: number; max: number }) =>
      typeof window === 'number' ? String(window) : `${window.min}–${window.max}`
    expect(rows.map(([name, , ...numbers]) => [code(name), ...numbers])).toEqual(
      Object.entries(presets).map(([name, { gracePeriod, window, linger }]) => [
        name,
        String(gracePeriod),
        span(window),
        String(linger(gracePeriod)),
      ]),
    )
  })
})

describe('docs/register.md', () => {
  const rows = table(read('docs/register.md'), 'variable').map((row) => row.map(code))

  test('has every variable once, in order', () => {
    expect(rows.map(([name]) => name)).toEqual(variables.map(({ option }) => nameOf(option)))
  })

  test('has examples that can be used, all at once', () => {
    const env = Object.fromEntries(rows.map(([name, , example]) => [name, example]))
    const { options, ports } = readEnvironment({ ...env, LAMEDUCK_PROBES: '' })
    expect(() => resolveSettings(options, { env, isTerminal: false, isContainer: false })).not.toThrow()
    expect(ports).toEqual(['3000', '9090'])
  })

  test('names the option that each of them sets', () => {
    for (const [name, sets] of rows.slice(0, -1)) {
      const option = variables.find((each) => nameOf(each.option) === name)?.option
      expect(sets).toMatch(new RegExp(`^${option?.replace('.max', '')}\\b`))
    }
  })

  test('leaves out no option that is not a function', () => {
    const set = new Set(variables.map(({ option }) => option.split('.')[0]))
    expect([...set].filter((name) => name !== 'ports').sort()).toEqual([...optionNames].sort())
    const parts = variables.flatMap(({ option }) => option.match(/^probes\.(\w+)/)?.[1] ?? [])
    expect(parts.sort()).toEqual(Object.keys(optionRules.probes.fields ?? {}).sort())
  })
})

test('docs/errors.md has every code with its meaning, and no other', () => {
  const rows = table(read('docs/errors.md'), 'code')
  expect(Object.fromEntries(rows.map(([name, meaning]) => [code(name), code(meaning)]))).toEqual(
    Object.fromEntries(Object.entries(errorCodes).map(([name, meaning]) => [name, code(meaning)])),
  )
})

test('docs/drain.md has the answers of the probes', () => {
  const section = read('docs/drain.md').split('## Probes')[1] ?? ''
  const rows = table(section, '')
  const expected = (['startupz', 'readyz', 'livez'] as const).map((probe) => [
    probeDefaults[probe],
    ...(['starting', 'ready', 'draining'] as const).map((state) =>
      probeTable[probe][state] ? '200' : '503',
    ),
  ])
  expect(rows.map(([path, ...answers]) => [code(path), ...answers])).toEqual(expected)
})
