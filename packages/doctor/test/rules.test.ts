import { describe, expect, test } from 'vitest'
import { examine, filesOf } from '../src/index.js'
import { rules } from '../src/rules/all.js'
import { cases } from './cases/all.js'
import type { Case } from './cases/case.js'

function check(id: string, { says, severity, at, computed, files, options }: Case): void {
  const { findings, passed } = examine(filesOf(files), options)
  const own = findings.filter(({ rule }) => rule === id)
  const told = own.map(({ verdict }) => verdict)
  if (says === 'nothing' || says === 'pass') {
    expect(own).toEqual([])
    expect(passed.has(id)).toBe(says === 'pass')
    return
  }
  expect(told).toContain(says)
  const finding = own.find(({ verdict }) => verdict === says)
  if (severity !== undefined) expect(finding?.severity).toBe(severity)
  if (at !== undefined) expect(`${finding?.place.file}:${finding?.place.line}`).toBe(at)
  if (computed !== undefined) expect(finding?.computed).toBe(computed)
}

for (const { id, name } of rules.filter((each) => Object.hasOwn(cases, each.id))) {
  describe(`${id} ${name}`, () => {
    for (const each of cases[id] ?? []) test(`${each.says}: ${each.name}`, () => check(id, each))
  })
}

/** What they need to be sure of is in no file that anybody could read. */
const neverSure = ['C06', 'K29', 'K30']

test('every rule that is asked has a case that passes and one that does not', () => {
  const isToldByOthers = (id: string) => /^M0[125678]$/.test(id)
  const has = (id: string, says: string) => cases[id]?.some((each) => each.says === says) === true
  const without = rules
    .filter(({ id }) => !isToldByOthers(id))
    .filter(({ id }) => !has(id, 'pass') || !has(id, neverSure.includes(id) ? 'unknown' : 'fail'))
  expect(without.map(({ id }) => id)).toEqual([])
})

test('no case is of a rule that does not exist', () => {
  expect(Object.keys(cases).filter((id) => rules.every((each) => each.id !== id))).toEqual([])
})
