import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { rules } from '../src/rules/all.js'
import { indexPage, pageOf } from './pages.js'

// Written by `npx vitest run pages --update`.
const folder = fileURLToPath(new URL('../../../docs/doctor/', import.meta.url))

describe('docs/doctor', () => {
  test.each(rules.map((each) => [each.id, each] as const))(
    'has a page of %s that says what the rule says',
    async (id, each) => {
      await expect(pageOf(each)).toMatchFileSnapshot(`${folder}${id}.md`)
    },
  )

  test('lists every rule', async () => {
    await expect(indexPage()).toMatchFileSnapshot(`${folder}README.md`)
  })

  test('has no page of a rule that is gone', () => {
    const pages = readdirSync(folder).filter((name) => name !== 'README.md')
    expect(pages.sort()).toEqual(rules.map(({ id }) => `${id}.md`).sort())
  })
})
