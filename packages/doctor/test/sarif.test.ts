import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { rules } from '../src/rules/all.js'
import { cases } from './cases/all.js'
import { folderWith, runDoctor } from './run-doctor.js'
import { sarifSchema } from './sarif-schema.js'

interface Log {
  readonly version: string
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } }
    readonly results: readonly Result[]
  }[]
}

interface Result {
  readonly ruleId: string
  readonly ruleIndex: number
  readonly kind: string
  readonly level: string
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string }
      readonly region: { readonly startLine: number }
    }
  }[]
}

const isValid = new Ajv({ strict: false }).compile(sarifSchema)

const sarifOf = (files: Readonly<Record<string, string>>) =>
  JSON.parse(runDoctor(['--format', 'sarif', '.'], folderWith(files)).out) as Log

describe('SARIF', () => {
  test('the schema refuses what the standard does not allow', () => {
    const result = { message: { text: 'x' } }
    const logWith = (each: object) => ({
      version: '2.1.0',
      runs: [{ tool: { driver: { name: 'x' } }, results: [each] }],
    })
    expect(isValid(logWith(result))).toBe(true)
    for (const wrong of [
      {},
      { ...result, level: 'info' },
      { ...result, kind: 'open', level: 'error' },
      { ...result, message: 'x' },
      {
        ...result,
        locations: [{ physicalLocation: { artifactLocation: { uri: 'x' }, region: { startLine: 0 } } }],
      },
      { ...result, severity: 'error' },
    ])
      expect(isValid(logWith(wrong)), JSON.stringify(wrong)).toBe(false)
    expect(isValid({ version: '2.1.0', runs: [{ tool: {} }] })).toBe(false)
  })

  test.each(Object.entries(cases))('of the cases of %s is valid', (_id, list) => {
    const [first] = list
    const log = sarifOf(first?.files ?? {})
    expect(isValid(log), JSON.stringify(isValid.errors)).toBe(true)
  })

  test('has places that are URIs, whatever files are called', () => {
    const { runs } = sarifOf({ 'a b/ü #1%/Dockerfile': 'FROM node:22\nCMD node main.js\n' })
    const [uri = ''] = (runs[0]?.results ?? []).map(
      ({ locations }) => locations[0]?.physicalLocation.artifactLocation.uri,
    )
    expect(uri).toMatch(/^[\w./%-]+$/)
    expect(new URL(uri, 'file:///').hash).toBe('')
    expect(decodeURIComponent(uri)).toBe('a b/ü #1%/Dockerfile')
  })

  test('has a level for what fails, and none for what is unknown', () => {
    const { runs } = sarifOf({
      Dockerfile: 'FROM node:22\nCMD node main.js\n',
      'a/Dockerfile': 'FROM node:22\nENTRYPOINT ["/x.sh"]\nCMD ["node", "x"]\n',
    })
    const results = runs[0]?.results.map(({ ruleId, kind, level }) => [ruleId, kind, level])
    expect(results).toContainEqual(['D01', 'fail', 'error'])
    expect(results).toContainEqual(['D04', 'open', 'none'])
  })

  test('describes every rule, and results point to theirs', () => {
    const { runs } = sarifOf({ Dockerfile: 'FROM node:22\nCMD node main.js\n' })
    const described = runs[0]?.tool.driver.rules.map(({ id }) => id)
    expect(described).toEqual(rules.map(({ id }) => id))
    for (const { ruleId, ruleIndex, locations } of runs[0]?.results ?? []) {
      expect(described?.[ruleIndex]).toBe(ruleId)
      expect(locations[0]?.physicalLocation.region.startLine).toBe(2)
    }
  })
})
